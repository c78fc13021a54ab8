"""Common first names in Germany, by which columns of people are recognised."""

from typing import Final

FIRST_NAMES: Final = frozenset((
    "Alexander", "Andrea", "Andreas", "Angela", "Anja", "Anna", "Anne", "Annette", "Antje",
    "Axel", "Barbara", "Beate", "Bernd", "Bernhard", "Birgit", "Björn", "Brigitte", "Carsten",
    "Charlotte", "Christa", "Christian", "Christiane", "Christina", "Christine", "Christoph",
    "Claudia", "Cornelia", "Daniel", "Daniela", "David", "Dieter", "Dirk", "Doris", "Elena",
    "Elfriede", "Elif", "Elisabeth", "Elke", "Emil", "Emilia", "Emine", "Emma", "Erich", "Erika",
    "Ernst", "Eva", "Fabian", "Fatma", "Felix", "Final", "Finn", "Florian", "Frank", "Franz",
    "Fritz", "Gabriele", "Georg", "Gerd", "Gerda", "Gerhard", "Gertrud", "Gisela", "Gudrun",
    "Günter", "Günther", "Hanna", "Hannah", "Hannelore", "Hans", "Harald", "Hatice", "Heike",
    "Heinrich", "Heinz", "Helga", "Helmut", "Herbert", "Hermann", "Hildegard", "Holger", "Horst",
    "Ilse", "Ina", "Ines", "Inge", "Ingeborg", "Ingrid", "Irene", "Iris", "Jan", "Jana", "Janina",
    "Jasmin", "Jens", "Jessica", "Joachim", "Johanna", "Johannes", "Jonas", "Josef", "Julia",
    "Julian", "Jutta", "Jürgen", "Kai", "Karin", "Karl", "Karla", "Karsten", "Katharina",
    "Kathrin", "Katja", "Katrin", "Kerstin", "Kevin", "Klara", "Klaus", "Konrad", "Kristina",
    "Kurt", "Lara", "Laura", "Lea", "Lena", "Leon", "Leonie", "Lisa", "Lothar", "Luca", "Luisa",
    "Lukas", "Magdalena", "Manfred", "Manuel", "Manuela", "Marcel", "Marco", "Margarete",
    "Margit", "Maria", "Marie", "Marina", "Mario", "Marion", "Markus", "Martha", "Martin",
    "Martina", "Mathias", "Matthias", "Max", "Maximilian", "Mehmet", "Melanie", "Mia", "Michael",
    "Michaela", "Mohamed", "Monika", "Murat", "Mustafa", "Nadine", "Natalie", "Nele", "Nico",
    "Nicole", "Niklas", "Nina", "Noah", "Nora", "Norbert", "Olaf", "Oliver", "Otto", "Pascal",
    "Patrick", "Paul", "Paula", "Peter", "Petra", "Philipp", "Rainer", "Ralf", "Regina", "Reiner",
    "Reinhard", "Renate", "Robert", "Robin", "Roland", "Rolf", "Rosemarie", "Rudolf", "Ruth",
    "Sabine", "Sabrina", "Sandra", "Sara", "Sarah", "Sascha", "Sebastian", "Silke", "Silvia",
    "Simon", "Simone", "Sofia", "Sonja", "Sophie", "Stefan", "Stefanie", "Steffen", "Stephan",
    "Susanne", "Sven", "Svenja", "Sylvia", "Tanja", "Theo", "Theresa", "Thomas", "Thorsten",
    "Tim", "Timo", "Tobias", "Tom", "Torsten", "Udo", "Ulrich", "Ulrike", "Ursula", "Ute", "Uwe",
    "Vanessa", "Vera", "Verena", "Volker", "Waltraud", "Werner", "Wilhelm", "Willi", "Wolfgang",
    "Yasmin", "Yvonne",
))  # fmt: skip
