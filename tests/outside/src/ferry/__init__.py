"""The city's ferry: does it run, and how high is the water?"""
