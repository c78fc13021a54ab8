"""The catalogue for machines: DCAT-AP.de 3.0 as RDF, feeds of changes, the site map."""
