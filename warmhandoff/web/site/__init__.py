"""The site: settings, addresses, middleware."""
