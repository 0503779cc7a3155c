"""HTTP in: parse, call one command or query, shape the answer."""

from services.reports.routes import areas, reports

routers = [areas.router, reports.router]
