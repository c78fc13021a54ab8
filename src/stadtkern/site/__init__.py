"""One city put together: settings, urls, asgi, dashboard, api, command line."""
