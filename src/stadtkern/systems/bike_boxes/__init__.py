"""Lock your bicycle in a box at the station: find, rent, pay and open."""
