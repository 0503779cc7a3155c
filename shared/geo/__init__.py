"""Where things are: shapes and cells (`geometry`), a service's copy of the areas (`areas`), dark or light (`sun`).

Asked for by module, for they weigh differently: `geometry` brings shapely and pyproj (25 MB), the copy of the areas
only SQL.
"""
