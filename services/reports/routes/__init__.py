"""HTTP in: parse, call one command or query, shape the answer."""

from services.reports.routes import areas, imports, mappings, reports

routers = [areas.router, imports.router, mappings.router, reports.router]
