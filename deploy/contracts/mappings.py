"""The JSON Schema of a mapping, for those who write theirs in an editor that checks as they type."""

import json
from pathlib import Path

from services.reports.mappings.schemas import Mapping

FILE = Path("docs/mapping.schema.json")


def mapping_schema() -> dict[Path, str]:
    """The schema by its path. What it cannot say (such as that crs goes with x and y) PUT /mappings/{name} says."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Mapping.model_json_schema()}
    return {FILE: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"}
