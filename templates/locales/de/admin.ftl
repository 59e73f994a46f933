# Was die Seiten der Verwaltung sagen. Hier steht kein HTML. Worte, die auch andere Seiten sagen, sind in pages.ftl.

# Um jede Seite
admin-rooms = Verwaltung
admin-overview = Übersicht
admin-requests = Anfragen
admin-grants = Zugriffe
admin-users = Personen
admin-bundles = Bündel
admin-queue = Postausgang
admin-letters = Briefe
admin-keys = Schlüssel
admin-audit = Protokoll
admin-purge = Aufräumen
admin-search = Personen, Bündel, Zugriffe, Anfragen und Briefe suchen
admin-search-hint = Adresse, Name oder Nummer
admin-search-button = Suchen
