"""Smart parking: free park-and-ride bays, live."""
