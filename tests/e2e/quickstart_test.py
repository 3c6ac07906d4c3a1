#!/usr/bin/env python3
"""Runs the commands of the README's first campaign as they stand there, against a real server.

Usage, from the root of the repository: quickstart_test.py BINARY [README]
"""

import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from server import Server  # noqa: E402


def main():
    binary = sys.argv[1]
    readme = sys.argv[2] if len(sys.argv) > 2 else "README.md"
    with open(readme, encoding="utf-8") as f:
        block = re.search(r"<!-- ci:quickstart -->\n```bash\n(.*?)```\n<!-- /ci:quickstart -->", f.read(), re.S).group(1)
    with tempfile.TemporaryDirectory(prefix="headway-quickstart-") as folder:
        server = Server(os.path.abspath(binary), folder + "/data")
        server.start()
        block = re.sub(r"^KEY=\S+", f"KEY={server.key}", block, flags=re.M)
        block = block.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block + '\necho; echo "campaign=$CAMPAIGN"'], cwd=folder,
                              capture_output=True, text=True, timeout=60)
        if done.returncode != 0 or '"success":false' in done.stdout:
            raise AssertionError(f"the README's commands failed:\n{done.stdout}\n{done.stderr}")
        campaign = re.search(r"campaign=(\d+)", done.stdout).group(1)
        finished = server.wait_for("finished", lambda: (lambda c: c if c["state"] == "finished" else None)(
            server.call("GET", f"/campaigns/{campaign}")), 40, 0.5)
        if finished["counts"]["sent"] != 2:
            raise AssertionError(finished["counts"])
        server.stop()
        code, text = server.verify()
        if code != 0:
            raise AssertionError(text)
    print("quickstart_test passed")


if __name__ == "__main__":
    main()
