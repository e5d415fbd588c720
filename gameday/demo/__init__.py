"""The demo environment: database, shop, load, alert; knows nothing of drills."""
