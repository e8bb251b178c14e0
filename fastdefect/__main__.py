"""``python -m fastdefect`` is the command ``fastdefect``."""

from fastdefect.cli.main import main

main()
