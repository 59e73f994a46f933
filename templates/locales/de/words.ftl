# Die Wörter, die alle Briefe gemeinsam haben: Rechte, Daten, Listen, Bezeichnungen. Alle Sätze stellen { $things } in den
# Akkusativ.

direction = ltr

level = { $level ->
    [view] ansehen
    [edit] ansehen und ändern
   *[contribute] ansehen, ändern, hinzufügen und löschen
}

# „… bittet um Lesezugriff auf Sleep data“. `mixed`: mehrere Dinge, nicht alle mit demselben Recht.
access-to = { $level ->
    [view] Lesezugriff auf
    [edit] Lese- und Schreibzugriff auf
    [contribute] Lese-, Schreib- und Löschzugriff auf
   *[mixed] Zugriff auf
}

# „… möchte Sleep data ansehen“
do-with = { $level ->
    [view] ansehen
    [edit] ansehen und ändern
    [contribute] ansehen, ändern, hinzufügen und löschen
   *[mixed] nutzen
}

# Was ein Recht bedeutet. Das stärkste kommt zuerst.
level-explained = { $level ->
    [view] lesen, nichts ändern
    [edit] ändern und lesen
   *[contribute] löschen, hinzufügen, ändern und lesen
}

access-explained = { level } ({ level-explained })

thing-data = { $name }
thing-yours = Ihre Daten als { $name }
thing-theirs = die Daten von { $owner } als { $name }
thing-named = „{ $name }“
things-more = { $first } und { $more } weitere
thing-at-level = { $thing }: { level }
thing-with-resources = { $thing } ({ $resources })
resources-more = und { $more } weitere

month = { $month ->
    [1] Jan.
    [2] Feb.
    [3] März
    [4] Apr.
    [5] Mai
    [6] Juni
    [7] Juli
    [8] Aug.
    [9] Sept.
    [10] Okt.
    [11] Nov.
   *[12] Dez.
}
day = { $day }. { month } { $year }
moment = { day }, { $hour }:{ $minute } Uhr ({ $zone })

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

how-long-open = unbefristet
how-long-moment = bis { $moment }
how-long-length = für { $length }
how-long-from-yes = für { $length }, gerechnet ab Ihrem Ja
# Behind a label, in plain text.
colon = :
asked-instead = { $given }, statt { $asked }

person-with-address = { $name } ({ $address })

fact-who-asks = Wer fragt
fact-who-offers = Wer anbietet
fact-who-shares = Wer teilt
fact-group = Mit der Gruppe
fact-filed-by = Gestellt von
fact-through = Über die App
fact-whose = Wem es gehört
fact-what = Was
fact-includes = Enthält
fact-access = Zugriff
fact-how-long = Wie lange
fact-answer-by = Antwort bis
fact-waits-until = Wartet bis
fact-has-it = Hat ihn bis
fact-from = Von
fact-ends = Endet
fact-ended = Beendet
fact-taken-back = Entzogen
fact-noticed = Bemerkt
fact-pending = Anfragen ohne Antwort
fact-stale = … die in einem Tag enden
fact-undeliverable = … deren E-Mail nicht ankam
fact-ending = Zugriffe, die in einer Woche enden
more-than = mehr als { $number }
fact-given = Gegeben
fact-asked = Gefragt war
fact-mailed-to = Geschickt an
fact-what-happened = Was geschah
instance-help = Hilfe
instance-privacy = Datenschutz
instance-imprint = Impressum
instance-powered = Betrieben mit Countersign
