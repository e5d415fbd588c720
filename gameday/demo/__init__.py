"""The demo environment: database, shop, load, alert; it knows nothing of drills.

`lifecycle` starts and stops it, `demo_record` describes a running one, `environment` writes its environment file,
`actions` are the commands of that file. Nothing is imported here, so that those commands start quickly.
"""
