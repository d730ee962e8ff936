"""`python -m checks NAME [ARGUMENTS]`: runs one check."""

import sys
from importlib import import_module
from pathlib import Path

from checks.stack import CommandError

# What stands beside the checks and is none: the stack they are put to, and who visits it.
HELPERS = ("stack", "visitor")


def names() -> list[str]:
    """Every check there is: a module or package of this folder whose name begins with a letter. An
    underscore in it is a hyphen for who asks."""
    here = Path(__file__).parent
    found = [path.stem for path in here.glob("[a-z]*.py")]
    found += [path.parent.name for path in here.glob("[a-z]*/__init__.py")]
    return sorted(name.replace("_", "-") for name in found if name not in HELPERS)


def refused(name: str) -> int:
    """0 for a check, else 2, said in a line. The task runner asks, before it starts anything."""
    if name in names():
        return 0
    sys.stderr.write(f"check {name or 'NAME'}: accepted values are {', '.join(names())}\n")
    return 2


def main(arguments: list[str]) -> int:
    if refusal := refused(arguments[0] if arguments else ""):
        return refusal
    check = import_module(f"checks.{arguments[0].replace('-', '_')}")
    try:
        code: int = check.main(arguments[1:])
    except CommandError as error:
        sys.stderr.write(f"check {arguments[0]}: {error}\n")
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
