"""The kit all five services stand on: parts, not a framework. It knows no service and no noun of one."""
