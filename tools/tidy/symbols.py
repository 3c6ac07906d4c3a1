"""What the built archives of the pure layers may not call, whatever the source looks like."""
import re
import subprocess

_BANNED = re.compile(
    r"^(?:"
    r"std::chrono::_V2::(?:system|steady)_clock::now\(\)"
    r"|clock_gettime|gettimeofday|time|clock|localtime(?:_r)?|gmtime(?:_r)?"
    r"|nanosleep|clock_nanosleep|usleep|sleep"
    r"|s?rand|random|srandom|[dlm]rand48|getrandom|getentropy|arc4random\w*|std::random_device::.*"
    r"|pthread_(?!once$)\w+|std::thread::.*|std::condition_variable.*|std::__atomic_futex.*"
    r"|__cxa_thread_atexit"
    r"|fopen(?:64)?|open(?:64)?|openat|socket|connect|std::basic_[io]?fstream.*|std::basic_filebuf.*"
    r"|std::filesystem::.*"
    r"|(?:secure_)?getenv|lgamma(?:_r)?|system|fork|execve"
    r")(?:@.*)?$"
)


def banned_symbols(listing):
    """Undefined symbols that are banned, of the output of `nm -C -u`."""
    found = {}
    member = ""
    for line in listing.splitlines():
        if line.endswith(".o:"):
            member = line[:-1]
        match = re.match(r"\s+[Uw] (.+)$", line)
        if match and _BANNED.match(match.group(1)):
            found.setdefault((member, match.group(1)), None)
    return list(found)


def check(module, archive):
    result = subprocess.run(
        ["nm", "-C", "-u", archive], check=False, capture_output=True, text=True
    )
    if result.returncode != 0:
        yield f"lib{module}", 0, "symbol", f"cannot be read: {result.stderr.strip()}"
    for member, symbol in banned_symbols(result.stdout):
        yield f"lib{module}: {member}", 0, "symbol", f"calls {symbol}"
