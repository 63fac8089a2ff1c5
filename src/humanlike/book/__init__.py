"""The book's machinery: chapters, executions, pages."""

import sys

# JupyterLab brings a parser of web addresses that jsonschema, and with it everything that reads a
# notebook, imports for two seconds to check a format no notebook has. Absent, it is left out.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
