"""Foreign bytes are read apart, in a child process: one that dies, hangs or eats memory is one refused file.

`reading.parts_of` runs a reader there, a function of a file that gives parts of bytes; `child` is what runs it.
"""
