from .conftest import *
def test_x(api, stream):
    print(api.get("/"))
    for s in ["Things","Locations","HistoricalLocations","Datastreams","Sensors","ObservedProperties","Observations","FeaturesOfInterest"]:
        print(api.get("/"+s))
    api.make("/Observations", {"result": 5, "Datastream": {"@iot.id": stream}})
    api.make(f"/Datastreams({stream})/Observations", {"result": "x", "phenomenonTime":"2020-01-01T00:00:00Z/2020-01-01T01:00:00Z"})
    print(api.get("/Observations?$expand=FeatureOfInterest,Datastream($select=name;$expand=Thing)&$count=true&$orderby=phenomenonTime desc"))
    print(api.get("/Datastreams?$expand=Observations($orderby=phenomenonTime desc;$top=1;$count=true),Thing/Locations"))
    print(api.get("/Things?$filter=Datastreams/Observations/result gt 4 and properties/nr eq 3"))
    print(api.get("/Things?$expand=Datastreams($expand=Observations($top=1))&$top=1"))
    print(api.get(f"/Datastreams({stream})/Observations?$top=1"))
    print(api.get(f"/Datastreams({stream})/Thing/Locations?$select=location"))
    print(api.get(f"/Datastreams({stream})/Thing/Locations(99)", 404))
