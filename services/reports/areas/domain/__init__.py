"""How a file of areas becomes a tree, pure: from `forms` of files to `layers` of features, to `trees` as stored.

`reading` is read first: it calls the others in their order. All of it runs in a child process but `trees` and `grid`.
"""
