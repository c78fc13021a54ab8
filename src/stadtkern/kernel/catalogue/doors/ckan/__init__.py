"""CKAN's action API over our catalogue, so that CKAN clients and harvesters work here."""
