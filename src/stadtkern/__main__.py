"""`python -m stadtkern`: the command line."""

from stadtkern.site.cli import main

main()
