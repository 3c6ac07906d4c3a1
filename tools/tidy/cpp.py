"""A view of C++ source that rules can search: comments and literals apart from code."""
import re

_TOKEN = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)


def code_only(text):
    """The text with comments blanked and literals emptied; every line keeps its number."""

    def blank(match):
        token = match.group(0)
        if token.startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", token)
        if token.startswith("R"):
            return '""' + "\n" * token.count("\n")
        return token[0] + " " * (len(token) - 2) + token[-1]

    return _TOKEN.sub(blank, text)


def without_comments(text):
    """The text with comments blanked and literals kept."""

    def blank(match):
        token = match.group(0)
        return re.sub(r"[^\n]", " ", token) if token.startswith(("//", "/*")) else token

    return _TOKEN.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def matching(code, start):
    """The position after the bracket that closes the one at `start`."""
    pairs = {"(": ")", "[": "]", "{": "}"}
    closers = []
    for i in range(start, len(code)):
        if code[i] in pairs:
            closers.append(pairs[code[i]])
        elif closers and code[i] == closers[-1]:
            closers.pop()
            if not closers:
                return i + 1
    return len(code)


def statement_end(code, start):
    """The position of the `;` (or closing bracket) that ends the expression beginning at `start`."""
    i = start
    while i < len(code):
        if code[i] in "([{":
            i = matching(code, i)
            continue
        if code[i] in ";)]}":
            return i
        i += 1
    return len(code)
