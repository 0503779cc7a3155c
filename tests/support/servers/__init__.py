"""Servers and processes on this machine: started, struck, stopped."""
