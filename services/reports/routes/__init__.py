"""HTTP in: parse, call one command or query, shape the answer."""

from services.reports.routes import areas, categories, imports, lagesbild, lifecycle, mappings, reports, suggestions

routers = [
    areas.router,
    imports.router,
    lagesbild.router,
    suggestions.router,
    mappings.router,
    reports.router,
    categories.router,
    lifecycle.router,
]
