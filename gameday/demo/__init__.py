"""The demo environment: database, shop, load, alert; knows nothing of drills.

`life` brings it up and down, `record` is what is written down of it, `environment` is its environment file. Nothing is
imported here: the switches' commands come through this door and must be quick.
"""
