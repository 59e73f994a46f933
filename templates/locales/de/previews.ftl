# Jede E-Mail, für Administratoren zum Ansehen. Kein HTML hier.

preview-what = Jede Art von E-Mail, wie sie ankommt, mit erfundenen Personen darin. Hier wird nichts verschickt, und kein Link darin führt irgendwohin.
preview-language = Sprache
preview-kinds = Arten von E-Mails
preview-all = Alle E-Mails
preview-width = Breite
preview-sample = Beispiel
preview-html = Wie die meisten sie sehen
preview-text = Als reiner Text
