"""Children that change an index and die on the way.

Reads commands from stdin, one JSON object a line, forks a child for each that does the change,
and answers its pid, then how it ended. Forking saves each child the seconds of importing.
With ``die_at``, the child kills itself at so many file operations below the index folder.
"""

import json
import os
import signal
import sys
from pathlib import Path

import semrec
from semrec.life import compact

OPERATIONS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}


def die_at(place: str, number: int) -> None:
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in OPERATIONS and str(arguments[0]).startswith(place):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def change(command: dict[str, str]) -> None:
    path = Path(command["index"])
    engine = semrec.Engine.load(path)
    if "die_at" in command:
        die_at(str(path), int(command["die_at"]))
    if command["do"] == "update":
        engine.update(command["items"])
        engine.settle()
    elif command["do"] == "compact":
        engine.compact()
    else:
        engine.save(path)


def main() -> None:
    engine = semrec.Engine.load(sys.argv[1])
    engine.search("热身")
    compact.compacted(engine.shop)
    compact.MOST_CHANGED = 9.0
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                change(json.loads(line))
                code = 0
            finally:
                os._exit(code)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


main()
