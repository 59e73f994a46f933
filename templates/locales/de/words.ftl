# Die Wörter, die E-Mails und Seiten gemeinsam haben: Rechte, Zeiten, Listen, Bezeichnungen. Alle Sätze stellen { $things } und
# { $thing } in den Akkusativ.

direction = ltr

# Ein Recht im Satz oder in einer Aufzählung.
level = { $level ->
    [view] ansehen
    [edit] ansehen und ändern
   *[contribute] ansehen, ändern, erweitern und löschen
}

# „… möchte ‚Schlafdaten‘ ansehen“. `mixed`: mehrere Dinge, nicht alle mit demselben Recht.
do-with = { $level ->
    [view] ansehen
    [edit] ansehen und ändern
    [contribute] ändern, erweitern und löschen
   *[mixed] nutzen
}

# „‚Schlafdaten‘ ansehen“: ein Recht mit seinem Gegenstand, für sich allein.
access-to = { $level ->
    [view] { $things } ansehen
    [edit] { $things } ansehen und ändern
   *[contribute] { $things } ansehen, ändern, erweitern und löschen
}

# Worauf sich der Zugriff bezieht. Eine Beziehung („Coach“) ist nichts Eigenes, sondern ein Anteil an den Daten einer Person.
thing-data = { $name }
thing-yours = Ihre Daten als „{ $name }“
thing-theirs = die Daten von { $owner } als „{ $name }“
thing-named = „{ $name }“
things-more = { $first } und { $more } weitere
thing-at-level = { $thing }: { level }
thing-with-resources = { $thing } ({ $resources })
resources-more = { $first } und { $more } weitere

month = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
weekday = { $weekday ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
}
day = { $day }. { month }
day-and-year = { $day }. { month } { $year }
moment = { weekday }, { day }, { $hour }:{ $minute } Uhr
moment-and-year = { weekday }, { day-and-year }, { $hour }:{ $minute } Uhr
zone-note = Alle Uhrzeiten gelten für die Zeitzone { $zone }.

# Im Akkusativ, also nach „für“, „bis“ oder vor „lang“.
days = { $number ->
    [one] { $number } Tag
   *[other] { $number } Tage
}
hours = { $number ->
    [one] { $number } Stunde
   *[other] { $number } Stunden
}
minutes = { $number ->
    [one] { $number } Minute
   *[other] { $number } Minuten
}
seconds = { $number ->
    [one] { $number } Sekunde
   *[other] { $number } Sekunden
}

list-more = { $before }, { $after }
list-last = { $before } und { $after }

# Steht für sich oder nach einem Doppelpunkt, weil ein Nebensatz dabei sein kann. $giver: wer die Freigabe beenden kann: die
# lesende Person (`you`), jemand anderes (`they`, oder `named` als $name) oder ungenannt (`none`).
how-long-open = { $giver ->
    [you] bis Sie die Freigabe beenden
    [they] bis die Freigabe beendet wird
    [named] bis { $name } die Freigabe beendet
   *[none] unbefristet
}
how-long-moment = bis { $moment }
how-long-length = für { $length }
how-long-from-yes = { $giver ->
    [you] für { $length } ab Ihrer Genehmigung
    [they] für { $length } ab Ihrer Zusage
   *[none] für { $length } ab der Genehmigung
}
# Nach einer Bezeichnung, im reinen Text.
colon = :
asked-instead = { $given } (statt { $asked })

person-with-address = { $name } ({ $address })

fact-who-asks = Anfrage von
fact-who-offers = Angebot von
fact-who-shares = Freigabe von
fact-group = Für die Gruppe
fact-filed-by = Gesendet von
fact-through = App
fact-whose = Daten von
fact-what = Daten
fact-includes = Teile
fact-access = Berechtigung
fact-how-long = Dauer
fact-answer-by = Antwort bis
fact-waits-until = Offen bis
fact-has-it = Derzeit Zugriff bis
fact-from = Freigabe von
fact-ends = Endet am
fact-ended = Abgelaufen am
fact-taken-back = Beendet am
fact-browser = Browser
fact-remembered = Gemerkt seit
fact-changed = Geändert am
language-name = Deutsch
fact-noticed = Bemerkt am
fact-pending = Offene Anfragen
fact-stale = Offene Anfragen, die innerhalb eines Tages ablaufen
fact-undeliverable = Offene Anfragen mit nicht zugestellter E-Mail
fact-ending = Zugriffe, die innerhalb einer Woche enden
more-than = mehr als { $number }
fact-approved-by = Genehmigt von
fact-given = Genehmigt
fact-asked = Angefragt
fact-mailed-to = Gesendet an
fact-what-happened = Grund
instance-help = Hilfe
instance-privacy = Datenschutz
instance-imprint = Impressum
instance-powered = Betrieben mit Countersign
