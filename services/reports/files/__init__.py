"""Files of reports: received in pieces, worked off beside the requests, rows merged and faults kept."""
