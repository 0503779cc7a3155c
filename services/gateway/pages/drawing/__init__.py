"""Maps and charts as SVG text. Pure: numbers and words in, markup out; the pages use it, and so can print.

Colours are presentation attributes, so that a picture needs neither a style sheet nor `style=`, which the pages'
security policy forbids; classes let the page's style sheet do better. Every picture that carries links or meaning has
a name, every number in it also stands in a table beside it, and no colour stands alone.
"""

from services.gateway.pages.drawing.charts import comparison, key_of_comparison, week_matrix
from services.gateway.pages.drawing.colours import NOTHING, Scale, scale_for
from services.gateway.pages.drawing.maps import MapArea, MapBox, MapFrame, area_map, swatch

__all__ = [
    "NOTHING",
    "MapArea",
    "MapBox",
    "MapFrame",
    "Scale",
    "area_map",
    "comparison",
    "key_of_comparison",
    "scale_for",
    "swatch",
    "week_matrix",
]
