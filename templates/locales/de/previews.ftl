# Jede E-Mail, für die Administration zum Ansehen. Kein HTML hier.

preview-what = So sehen unsere E-Mails aus. Alle Personen sind erfunden. Von hier wird nichts gesendet, und die Links funktionieren nicht.
preview-language = Sprache
preview-kinds = Arten von E-Mails
preview-all = Alle E-Mails
preview-width = Breite
preview-sample = Beispiel
preview-html = HTML
preview-text = Nur Text
