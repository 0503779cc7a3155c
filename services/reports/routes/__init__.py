"""HTTP in: parse, call one command or query, shape the answer."""

from services.reports.routes import areas, imports, lifecycle, mappings, reports, suggestions

routers = [areas.router, imports.router, suggestions.router, mappings.router, reports.router, lifecycle.router]
