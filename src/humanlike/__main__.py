"""``python -m humanlike``."""

from humanlike.cli.main import main

raise SystemExit(main())
