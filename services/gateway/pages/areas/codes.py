"""What codes of areas are called on the pages: doubts about a file, what is wrong with it, what becomes of an area."""

from services.gateway.pages.speech.language import Texts, marked
from services.gateway.pages.speech.language import gettext as _

# What to look at before a file is tried, and what was taken otherwise than it stands there.
NOTES = Texts(
    {
        "other-system": marked("The file names another coordinate system than the one that it is read in."),
        "system-found": marked(
            "The file names no coordinate system. The one chosen is where its areas come to lie nearest."
        ),
        "unknown-system": marked(
            "The file names a coordinate system that is not known here. It is read as degrees: look at where it lies."
        ),
        "far-away": marked("No area of the file lies near the municipality. Is it another coordinate system?"),
        "better-system": marked("In {crs} the areas would lie in or near the municipality. Choose that one."),
        "better-turned": marked(
            "In {crs}, with north before east, the areas would lie in or near the municipality. Choose that one."
        ),
        "far-apart": marked(
            "These areas, or a part of each, lie about {n} km from all others. Are the coordinates right, and do they"
            " belong here?"
        ),
        "swapped": marked("North stands before east in the file: the two are turned round."),
        "no-polygons": marked("Some features are no areas (points, lines or empty). They have to be left out."),
        "single-feature": marked("The file is a single shape, and becomes one area."),
        "many-properties": marked("The file has very many properties. Only the first are shown."),
        "no-code": marked("No property has a code of its own for each area. Look at what is taken for it."),
        "repeated-codes": marked("Several features have the same code. They are joined into one area."),
        "no-name": marked("No property looks like a name. Areas are called by their codes."),
        "names-repeat": marked("What is taken for the name says the same of many areas. Is it the name of each?"),
        "duplicate-codes": marked("Several features have the same code and different names. Look at what is the code."),
        "several-layers": marked("Several layers have areas, and the first is read. Choose the one that is meant."),
        "other-letters": marked("The file says that its table is in other letters than it is. It is read as it is."),
        "letters-found": marked("In which letters the table is written is a guess. Look whether the names are right."),
        "letters-lost": marked(
            "Some letters of the table cannot be read. Save it in UTF-8: names with them are refused."
        ),
        "spoilt-letters": marked(
            "Letters were lost or exchanged before the file was saved. Save it anew, as UTF-8: such names are refused."
        ),
        "larger-file": marked("The file holds more than the municipality. Only the municipality's part is chosen."),
        "dimensions": marked("Heights in the file are left out."),
        "closed": marked("Borders that were not closed are closed now."),
        "joined": marked("Collections of shapes are joined into one area each."),
        "mended": marked("Borders that touched or crossed themselves are mended. No area changes by it."),
        "clipped": marked("Areas that reached beyond their parents are cut off there."),
        "root-made": marked("An area for the whole municipality is made of all the others."),
        "merged": marked("Features of one code are joined into one area."),
        "level-below": marked(
            "The parents are areas in use. The file is read as the level below those, which stay as they are."
        ),
        "parents-by-name": marked("Parents are given by their names. Each area lies in the one that is called so."),
        "parents-in-use": marked(
            "What stands as parent are areas in use. Choose that these areas are the level below those, and look again."
        ),
        "parents-first": marked(
            "What stands as parent says the same of several areas, and there are no such areas yet. Import those from"
            " this file first: choose that property, or the one with their codes, as the code of each area, no parent,"
            " and join features of the same code. Then send the file again as the level below."
        ),
        "other": marked("Something in the file is taken otherwise than it stands there."),
    }
)
FAULTS = Texts(
    {
        "empty": marked("The file has no areas in it."),
        "missing": marked("Code or name is missing."),
        "unusable-text": marked("A code or name is too long, or holds what none may hold."),
        "spoilt-letters": marked("Letters were lost or exchanged before the file was saved. Save it anew, as UTF-8."),
        "duplicate": marked("An earlier area has the same code."),
        "unknown-parent": marked("There is no area of the code that stands as its parent."),
        "cycle": marked("From parent to parent it comes back to itself."),
        "too-deep": marked("There are too many levels above it."),
        "not-a-polygon": marked("It is no area, but a point, a line or nothing at all."),
        "self-crossing": marked("Its border crosses itself."),
        "invalid-polygon": marked("Its border is damaged."),
        "out-of-range": marked(
            "It lies where the coordinate system is not used. Is it another, or do north and east stand the other way?"
        ),
        "overlap": marked("It covers the same ground as another area beside it."),
        "outside-parent": marked("It reaches beyond its parent."),
        "too-fine": marked("It is drawn too finely. Simplify the borders."),
        "other-system": marked("The file names another coordinate system than the one asked for."),
        "no-such-level": marked("The tree in use has no such level."),
        "unsure-letters": marked("In which letters the table is written is a guess."),
        "other": marked("It cannot be used as it is ({code})."),
    }
)
# What a file is instead of areas, by the service's code: maps of other programs by their names, all else in a sentence.
OTHER_MAPS = {
    "flatgeobuf": "FlatGeobuf",
    "parquet": "GeoParquet",
    "dwg": "AutoCAD (DWG)",
    "dxf": "AutoCAD (DXF)",
    "mapinfo": "MapInfo",
    "kml": "KML, KMZ (Google Earth)",
    "gml": "GML",
    "osm": "OpenStreetMap",
    "geodatabase": "file geodatabase (Esri)",
    "wkt": "WKT",
    "topojson": "TopoJSON",
    "esri-json": "JSON (Esri)",
    "geojson-lines": "GeoJSONSeq",
    "xml": "XML",
}
OTHER_FORMS = Texts(
    {
        "packed": marked("The file is packed. Unpack it, and send what is in it, or pack it as a zip."),
        "picture": marked("The file is a picture of a map, or a PDF. Ask for the map's data."),
        "table": marked("The file is a table or a document, and has no borders in it. Ask for the map itself."),
        "web-page": marked(
            "The file is a web page, perhaps an error message or a sign-in page. Open its address in a browser, and"
            " save the file itself."
        ),
        "service-message": marked("The file is an error message of a map service. Ask it for the map once more."),
        "tracks": marked("The file is tracks of a satellite receiver (GPX). Areas have to be drawn in a map program."),
        "shapefile-part": marked(
            "The file is a part of a shapefile. Zip it with its sister files of the same name (.shp, .shx, .dbf, .prj)."
        ),
        "no-areas": marked("There are no areas in the zip. Send the map file alone or zipped."),
        "damaged-zip": marked("The zip cannot be unpacked. Pack it anew, without a password."),
        "several": marked("The zip holds several files of areas. Send the one you mean."),
        "damaged-shapefile": marked("The shapefile is damaged. Save it anew, and zip all of its files."),
        "damaged-database": marked("The database is no GeoPackage, or is damaged. Save it anew as GeoPackage."),
        "damaged-text": marked("The text of the file is damaged. Save it anew, as UTF-8."),
        "no-layer": marked("There is no layer with areas in the file. Was it saved whole?"),
    }
)
# Why a file was not read at all.
UNREAD = Texts(
    {
        "empty": marked("There are no areas in the file."),
        "not_in_time": marked(
            "The file was not read in time, because the machine is busy just now. Try again in a while."
        ),
        "takes_too_long": marked("The file takes too long to read. Take a part of it, or simplify its borders."),
        "takes_too_much": marked("The file takes too much memory to read. Take a part of it, or simplify its borders."),
        "damaged": marked("The file cannot be read: it is damaged, or asks for too much memory. Save it anew."),
        "other": marked("The file cannot be read. Was it saved whole?"),
    }
)


def why_unread(code: str, about: str | None) -> str:
    """Why a file was not taken, by the code of the refusal and what it says the file is."""
    if code != "other-form":
        return UNREAD.get(code, UNREAD["other"])
    if about in OTHER_MAPS:
        pattern = _("The file is {form}, which is not read here. Open it in QGIS and save it as GeoPackage or GeoJSON.")
        return pattern.format(form=OTHER_MAPS[about])
    return OTHER_FORMS.get(about or "", UNREAD["other"])


CHANGES = Texts(
    {
        "added": marked("new"),
        "changed": marked("changed"),
        "retired": marked("goes out of use"),
        "unchanged": marked("unchanged"),
    }
)
SOURCES = Texts(
    {
        "geojson": marked("GeoJSON"),
        "geopackage": marked("GeoPackage"),
        "shapefile": marked("shapefile"),
        "grid": marked("grid of squares"),
        "undo": marked("an import was taken back"),
    }
)
KINDS = Texts(
    {
        "text": marked("text"),
        "integer": marked("whole number"),
        "number": marked("decimal number"),
        "boolean": marked("yes or no"),
        "mixed": marked("of several kinds"),
        "other": marked("something else"),
        "empty": marked("empty"),
    }
)
