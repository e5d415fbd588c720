"""The blameless review: Markdown draft, page and chart."""
