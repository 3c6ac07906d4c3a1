"""Which folder may include which, and which libraries it may use: the layers of docs/ARCHITECTURE.md."""
import re

from cpp import line_of

# The edges that CMakeLists.txt links, transitively closed. Arrows point only downwards.
_PORTS = {"base", "domain", "store", "channels", "runtime"}
EDGES = {
    "base": set(),
    "domain": {"base"},
    "domain/statistics": {"base"},
    "domain/diagnosis": {"base", "domain", "domain/statistics"},
    "domain/comparison": {"base", "domain", "domain/statistics"},
    "domain/allocation": {"base", "domain", "domain/statistics"},
    "domain/forecast": {"base", "domain"},
    "domain/report": {"base", "domain"},
    "store": {"base", "domain"},
    "runtime": {"base", "domain"},
    "channels": {"base", "domain", "store", "runtime"},
    "engine": _PORTS | {"domain/statistics"},
    "store/sqlite": {"base", "domain", "domain/statistics", "domain/allocation", "store", "runtime"},
    "channels/sandbox": _PORTS,
    "channels/webhook": _PORTS,
    "runtime/asio": {"base", "domain", "runtime"},
    "web": set(),  # files of the UI, as data
    "api": _PORTS | {"engine", "domain/statistics", "domain/diagnosis", "domain/comparison", "domain/forecast", "domain/report", "web"},
    "app": None,  # names implementations: everything but tests and sim
    # The model under test with simulated ports: never api or app.
    "sim": _PORTS | {"engine", "domain/statistics", "domain/allocation", "store/sqlite", "channels/sandbox"},
}
# Outside src/ and sim/ everything may be used (tests, fuzz, benchmarks).

# Libraries that only some folders may include. First match decides.
LIBRARIES = [
    (r"sqlite3\.h$", {"store/sqlite"}),
    (r"boost/(asio|beast)", {"runtime/asio", "channels/webhook", "api", "app"}),
    (r"openssl/", {"channels/webhook", "api", "app"}),
    (r"prometheus/", {"api", "app"}),
    (r"(CLI/|toml\+\+/)", {"app"}),
    (r"spdlog/", {"runtime/asio", "channels/webhook", "api", "app"}),
    (r"sodium", {"base", "store/sqlite", "channels/webhook", "runtime/asio", "api", "app"}),
    (r"cctz/", {"domain", "domain/forecast", "sim"}),  # in sim an oracle of its own
    (r"(coroutine)$", {"channels/webhook", "api", "app", "runtime/asio"}),
    (
        r"(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token)$",
        {"store/sqlite", "channels/sandbox", "runtime/asio", "channels/webhook", "api", "app"},
    ),
    (r"random$", set()),
    (r"(ctime|time\.h|sys/time\.h)$", {"app"}),
    (r"(unistd|fcntl|sys/.*|netinet/.*|arpa/.*)\.h$", {"store/sqlite", "channels/webhook", "runtime/asio", "api", "app"}),
    (r"(fstream|filesystem)$", {"store/sqlite", "runtime/asio", "api", "app", "sim"}),
]

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def module_of(path):
    """src/store/sqlite/x.cc -> store/sqlite; None where no edges are checked."""
    parts = path.split("/")
    if parts[0] == "sim":
        return "sim"
    if parts[0] != "src" or len(parts) < 3:
        return None
    nested = "/".join(parts[1:3])
    return nested if nested in EDGES and len(parts) > 3 else parts[1]


def _target_of(include):
    folder = include.rpartition("/")[0]
    while folder and folder not in EDGES:
        folder = folder.rpartition("/")[0]
    return folder


def check(path, text):
    module = module_of(path)
    if module is None:
        return
    if module not in EDGES:
        yield 1, "layer", f"the folder {module} has no entry in tools/tidy/layers.py"
        return
    for match in _INCLUDE.finditer(text):
        line, quoted, name = line_of(text, match.start()), match.group(1) == '"', match.group(2)
        if not quoted:
            for pattern, folders in LIBRARIES:
                if re.match(pattern, name):
                    if module not in folders:
                        yield line, "layer", f"{module} may not include <{name}>"
                    break
            continue
        target = _target_of(name)
        if not target:
            yield line, "layer", f'"{name}": write includes from src/ or the root, with the folder'
        elif target == "sim" and module != "sim":
            yield line, "layer", f"{module} may not include {target}"
        elif target != module and EDGES[module] is not None and target not in EDGES[module]:
            yield line, "layer", f"{module} may not include {target}"
