# Was die Seiten sagen. Kein HTML. $kind: `ask` (eine Anfrage nach Daten der lesenden Person) oder `invite` (ein Angebot).
# Zeiten und Dauern kommen fertig aus words.ftl. $thing steht im Akkusativ und hat im Satz schon Anführungszeichen.

# Wörter in Sätzen
pages-nameless = (ohne Namen)
# Eine Beziehung („Coach“) ist nichts Eigenes, sondern ein Anteil an den Daten einer Person.
pages-thing-yours = Ihre Daten als „{ $name }“
pages-thing-theirs = die Daten dieser Person als „{ $name }“
# Ein Recht für sich allein, in einer Tabelle oder zur Auswahl.
level-label = { $level ->
    [view] Nur ansehen
    [edit] Ansehen und ändern
   *[contribute] Ansehen, ändern, erweitern und löschen
}
state-pending = Wartet auf Antwort
state-waits-for-you = Wartet auf Sie
state-approved = Genehmigt
state-declined = Abgelehnt
state-withdrawn = Zurückgezogen
state-expired = Abgelaufen
state-cancelled = Geschlossen
state-failed = Nicht zugestellt
state-live = Hat Zugriff
state-yours = Sie haben Zugriff
state-later = Noch nicht gültig
state-off = Deaktiviert
state-over = Abgelaufen
state-taken-back = Beendet

# Um jede Seite herum
frame-skip = Zum Inhalt springen
frame-ways = Menü
frame-inbox = Posteingang
frame-admin = Administration
frame-sign-out = Abmelden
frame-signed-in = Angemeldet als { $name } ({ $address }).
frame-language = Sprache und Zeitzone
language-heading = Sprache und Zeitzone
language-what = Seiten und E-Mails erscheinen in dieser Sprache, Zeitangaben in dieser Zeitzone.
language-label = Sprache
language-zone = Zeitzone
language-button = Speichern
frame-foot = Ohne Ihre Genehmigung wird nichts freigegeben. Wir fragen nie per E-Mail nach Ihrem Passwort.
to-inbox = Zum Posteingang
to-own-inbox = Zu Ihrem eigenen Posteingang
problems-heading = { $number ->
    [one] Es gibt ein Problem
   *[other] Es gibt Probleme
}
problems-title = Fehler: { $title }

# Die Startseite
front-title = Daten freigeben
front-heading = Sie bestimmen, wer Ihre Daten sieht
front-lead = Wenn jemand Ihre Daten sehen möchte, schreiben wir Ihnen zuerst eine E-Mail. Sie entscheiden. Ihre Entscheidung können Sie jederzeit ändern.
front-letter = Haben Sie eine E-Mail von uns bekommen?
front-letter-do = Öffnen Sie den Link darin, um die Anfrage zu prüfen. Ohne Ihre Genehmigung wird nichts freigegeben.
front-own = Sehen Sie nach, wer Zugriff auf Ihre Daten hat

# Anmelden
sign-in-heading = Anmelden
sign-in-button = Anmelden
sign-in-name = E-Mail-Adresse oder Benutzername
sign-in-name-missing = Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein.
sign-in-code = Mit einem Anmeldecode
sign-in-code-what = Wir senden Ihnen per E-Mail einen 6-stelligen Code. Er gilt 10 Minuten. Sie brauchen kein Passwort.
sign-in-code-button = Anmeldecode anfordern
sign-in-password = Mit Ihrem Passwort
sign-in-password-label = Passwort
sign-in-wrong = E-Mail-Adresse, Benutzername oder Passwort ist falsch. Versuchen Sie es noch einmal, oder fordern Sie einen Anmeldecode an.
password-missing = Geben Sie Ihr Passwort ein.
code-heading = Anmeldecode eingeben
code-to-address = Wir haben einen 6-stelligen Code an { $address } gesendet.
code-to-name = Falls es ein Konto „{ $name }“ gibt, haben wir einen 6-stelligen Code an die hinterlegte Adresse gesendet.
code-label = 6-stelliger Code
code-note = Es kann eine Minute dauern, bis die E-Mail ankommt. Der Code gilt 10 Minuten.
code-none = Keine E-Mail erhalten?
code-none-do = Sehen Sie in Ihrem Spam-Ordner nach, oder fordern Sie einen neuen Code an. Ältere Codes gelten dann nicht mehr.
code-again = Neuen Code anfordern
code-other-way = Auf andere Weise anmelden
code-missing = Geben Sie den 6-stelligen Code aus der E-Mail ein.
code-wrong = Dieser Code ist falsch oder abgelaufen. Verwenden Sie den Code aus unserer neuesten E-Mail. Nach 5 falschen Eingaben oder nach 10 Minuten brauchen Sie einen neuen Code.
code-wrong-left = { $left ->
    [one] Dieser Code ist falsch. Sie haben noch 1 Versuch.
   *[other] Dieser Code ist falsch. Sie haben noch { $left } Versuche.
}
code-dead = Dieser Code gilt nicht mehr. Er wurde schon verwendet, ist älter als 10 Minuten oder wurde 5-mal falsch eingegeben. Fordern Sie einen neuen Code an.

# Anmelden bei einem Anbieter ($name), den die Administration eingerichtet hat
elsewhere-heading = Mit einem anderen Konto
elsewhere-or = Oder mit einem anderen Konto
elsewhere-button = Mit { $name } anmelden
elsewhere-what = Danach kommen Sie auf diese Seite zurück. Der andere Anbieter erfährt nichts von der Anfrage.
elsewhere-back = Zurück zu allen Anmeldemöglichkeiten
elsewhere-other-ways = Es wurde nichts geändert. Versuchen Sie es noch einmal, oder melden Sie sich auf andere Weise an.
elsewhere-down = { $name } antwortet nicht
elsewhere-down-why = Wir wollten Sie über { $name } anmelden, aber die Antwort kam nicht rechtzeitig.
elsewhere-down-do = Es wurde nichts geändert. Versuchen Sie es in einer Minute noch einmal, oder melden Sie sich auf andere Weise an.
elsewhere-odd = Wir konnten Sie nicht anmelden
elsewhere-unusable-why = Die Antwort von { $name } können wir nicht verwenden.
elsewhere-unusable-do = Es wurde nichts geändert. Melden Sie sich auf andere Weise an und informieren Sie die Administration dieser Website. Die Ursache steht im Protokoll.
elsewhere-forged-why = Es ist nicht sicher, dass die Antwort von { $name } stammt und für Sie bestimmt war.
elsewhere-forged-do = Es wurde nichts geändert. Beginnen Sie auf der Anmeldeseite von vorn. Wenn der Fehler wieder auftritt, melden Sie sich auf andere Weise an und informieren Sie die Administration dieser Website.
elsewhere-denied = { $name } hat Sie nicht angemeldet
elsewhere-denied-why = Sie haben die Anmeldung dort abgebrochen, oder Ihr Konto ist hier nicht zugelassen.
elsewhere-stale = Bitte beginnen Sie von vorn
elsewhere-stale-why = Diese Anmeldung wurde in einem anderen Browser oder Fenster begonnen, hat länger als 10 Minuten gedauert oder wurde schon verwendet.
elsewhere-stale-do = Es wurde nichts geändert. Gehen Sie zurück und wählen Sie die Schaltfläche noch einmal.
elsewhere-unverified = { $name } hat Ihre E-Mail-Adresse nicht bestätigt
elsewhere-unverified-why = Wir akzeptieren eine E-Mail-Adresse nur, wenn { $name } bestätigt hat, dass sie Ihnen gehört.
elsewhere-unverified-do = Bestätigen Sie Ihre Adresse dort und versuchen Sie es noch einmal, oder melden Sie sich mit einem Anmeldecode an.
elsewhere-unknown = Es gibt kein Konto mit Ihrer E-Mail-Adresse
elsewhere-unknown-why = Bei { $name } haben Sie die Adresse { $address }. Hier gibt es kein Konto mit dieser Adresse.
elsewhere-unknown-do = Haben Sie einen Link aus einer unserer E-Mails geöffnet? Dann melden Sie sich mit einem Anmeldecode an. Wir senden ihn an die Adresse, an die auch die E-Mail ging.
elsewhere-linked = Ihre E-Mail-Adresse ist mit einem anderen Konto verknüpft
elsewhere-linked-why = Diese E-Mail-Adresse ist schon mit einem anderen Konto bei { $name } verknüpft.
elsewhere-linked-do = Melden Sie sich mit dem anderen Konto an. Wenn Sie es nicht mehr haben, melden Sie sich mit einem Anmeldecode an und lösen Sie die Verknüpfung unter „Aktive Anmeldungen“.

# Aktive Anmeldungen und verknüpfte Konten
sessions-heading = Aktive Anmeldungen
sessions-what = In diesen Browsern sind Sie angemeldet. Melden Sie alle Browser ab, die Sie nicht kennen.
sessions-here = Dieser Browser
sessions-new = Neu seit Ihrem letzten Besuch
remembered-heading = Gemerkte Browser
remembered-what = Wenn Sie sich mit einem dieser Browser anmelden, können Sie Anfragen ohne Code beantworten. Wenn Sie alle anderen Browser abmelden, werden auch diese Einträge entfernt.
remembered-since = Gemerkt seit: { $moment }
remembered-used = Zuletzt verwendet: { $moment }
remembered-until = Gemerkt bis: { $moment }
remembered-forget = Diesen Browser vergessen
remembered-said-forgotten = Wir merken uns diesen Browser nicht mehr.
sessions-unknown = Unbekannter Browser
sessions-since = Angemeldet am { $moment }
sessions-seen = Zuletzt verwendet am { $moment }
sessions-from = IP-Adresse: { $address }
sessions-end = Browser abmelden
sessions-end-others = Alle anderen Browser abmelden
sessions-said-ended = Der Browser wurde abgemeldet.
sessions-said-others = Alle anderen Browser wurden abgemeldet.
identities-heading = Verknüpfte Konten
identities-what = Mit diesen Konten können Sie sich anmelden. Lösen Sie die Verknüpfung mit Konten, die Sie nicht mehr nutzen. Wenn Sie sich mit einem Konto erneut anmelden, wird es wieder verknüpft.
identities-since = Verknüpft am { $moment }
identities-seen = Zuletzt verwendet am { $moment }
identities-unlink = Verknüpfung lösen
identities-said-unlinked = Die Verknüpfung wurde gelöst.

# Anmelden, um auf eine E-Mail zu antworten
confirm-why = Bevor Sie hier Anfragen beantworten, müssen wir prüfen, ob Sie E-Mails an { $address } lesen können. Dazu senden wir Ihnen einen 6-stelligen Code.
confirm-send = Code anfordern
confirm-button = Bestätigen
remember-label = Diesen Browser 90 Tage lang merken
remember-note = Wenn Sie sich hier anmelden, können Sie Anfragen ohne Code beantworten. Wählen Sie das nicht an einem gemeinsam genutzten Computer. Wir benachrichtigen Sie per E-Mail.
fresh-code-to = Dieser Zugriff schließt das Löschen ein und hat kein Ende. Zum Genehmigen geben Sie den 6-stelligen Code ein, den wir an { $address } gesendet haben.
fresh-code-approve = Genehmigen
changed-heading = Haben Sie diese Änderung erwartet?
changed-what = { $what ->
    [address] Die E-Mail-Adresse Ihres Kontos wurde geändert: { $moment }.
    [username] Der Benutzername Ihres Kontos wurde geändert: { $moment }.
    [password] Für Ihr Konto wurde ein neues Passwort gesetzt: { $moment }.
   *[provider] Ein Konto bei einem Anmeldedienst wurde mit Ihrem Konto verknüpft: { $moment }.
}
changed-until = Die Änderung kam nicht aus Ihrer eigenen Anmeldung. Zum Schutz Ihrer Daten kann dieses Konto bis { $moment } keine Anfragen beantworten, außer Sie bestätigen die Änderung.
changed-confirm = Änderung bestätigen
changed-not-you = Falls Sie sie nicht erwartet haben, schließen Sie diese Seite und wenden Sie sich an uns.
changed-done = Sie haben die Änderung bestätigt
changed-done-what = Ihr Konto kann wieder Anfragen beantworten.
changed-gone = Dieser Link funktioniert nicht mehr
changed-gone-why = Die Änderung wurde schon bestätigt, die 7 Tage sind vorbei, oder es gibt eine neuere E-Mail dazu.
trouble-why-changed = Jemand anders hat geändert, wie Sie sich anmelden oder wohin wir Ihnen schreiben. Deshalb kann dieses Konto 7 Tage lang keine Anfragen beantworten. Früher geht es mit dem Link, den wir an Ihre bisherige Adresse gesendet haben, oder mit einem Code, wenn Ihre Adresse gleich geblieben ist.
trouble-to-confirm = Mit einem Code bestätigen
gate-heading = Bestätigen Sie, dass Sie es sind
gate-why = Wir haben diesen Link an { $address } gesendet. Bestätigen Sie zum Schutz Ihrer Daten, dass diese Adresse Ihnen gehört.
gate-code = Anmeldecode anfordern
gate-code-what = Wir senden einen 6-stelligen Code an dieselbe Adresse. Sie brauchen kein Passwort.
gate-password = Oder mit Ihrem Passwort
gate-password-label = Passwort
gate-password-wrong = Das Passwort ist falsch. Versuchen Sie es noch einmal, oder fordern Sie einen Anmeldecode an.
gate-dead = Dieser Link funktioniert nicht mehr
gate-dead-why = Entweder hat sich die Adresse geändert, an die wir den Link gesendet haben, oder unsere Datenbank wurde aus einer Sicherung wiederhergestellt. Wenn die Anfrage noch offen ist, können wir einen neuen Link an die aktuelle Adresse senden.
gate-dead-fresh = Neuen Link anfordern
gate-dead-sign-in = Anmelden und Anfragen ansehen
trust-heading = So prüfen Sie, ob diese Seite echt ist
trust-address = In der Adresszeile Ihres Browsers muss { $host } stehen.
trust-inbox = Möchten Sie den Link lieber nicht verwenden? Rufen Sie { $host } selbst auf und melden Sie sich an. Die Anfrage steht in Ihrem Posteingang.
trust-never = Wir fragen nie per E-Mail oder Telefon nach Passwörtern oder Geld. Freigegeben wird nur, was Sie hier genehmigen.
wrong-heading = Dieser Link ist für eine andere Person
wrong-yours = Sie sind angemeldet als
wrong-theirs = Der Link ging an
wrong-theirs-gone = eine Adresse, die hier nicht mehr verwendet wird
wrong-why = Nur diese Person kann die Anfrage öffnen. Wenn beide Adressen Ihnen gehören, wechseln Sie das Konto. Der Link bleibt dabei erhalten.
wrong-switch = Konto wechseln
wrong-forwarded = Wenn jemand die E-Mail an Sie weitergeleitet hat, müssen Sie nichts tun. Es wurde nichts freigegeben.
no-link-heading = Öffnen Sie den Link in unserer E-Mail
no-link-why = Um auf eine Anfrage zu antworten, brauchen Sie den Link aus unserer E-Mail.
no-link-do = Öffnen Sie den Link in der E-Mail noch einmal. Ein Link bleibt hier 15 Minuten lang geöffnet.
no-link-inbox = Anfragen an Sie ansehen
fresh-heading = Sehen Sie in Ihren E-Mails nach
fresh-if = Wenn die Anfrage noch offen ist, senden wir der Person, die entscheidet, einen neuen Link per E-Mail.
fresh-often = Einen neuen Link senden wir höchstens alle 10 Minuten und insgesamt höchstens 5-mal. Frühere Links öffnen dieselbe Anfrage.
fresh-back = Zurück zum geöffneten Link

# Die Entscheidung. $right ist ein Verb, $thing hat Anführungszeichen, außer bei einer Beziehung ($of). $how_long kann ein
# Nebensatz sein und steht deshalb nach einem Gedankenstrich.
review-heading = { $kind ->
    [invite] { $asker } bietet Ihnen Zugriff an
   *[ask] { $asker } möchte Zugriff auf Ihre Daten
}
review-lead = { $of ->
    [relationship] { $asker } möchte { $thing } { $right } – { $how_long }
   *[data] { $asker } möchte Ihre Daten { $thing } { $right } – { $how_long }
}
review-offer = { $of ->
    [relationship] { $asker } lädt Sie ein: Sie können { $thing } { $right } – { $how_long }
   *[data] { $asker } lädt Sie ein: Sie können { $thing } { $right } – { $how_long }
}
review-whole-message = Ganze Nachricht anzeigen
review-includes = Enthält
review-more-parts = { $number } weitere Teile anzeigen
review-details = Alle Angaben
review-risks = Prüfen Sie das vor der Genehmigung
risk-delete = Löschrecht.
risk-delete-what = { $asker } könnte Ihre Daten ändern und löschen.
risk-open = Kein Enddatum.
risk-open-what = Der Zugriff gilt, bis Sie die Freigabe beenden.
risk-everything = Voller Umfang.
risk-everything-what = Der Zugriff umfasst alle Teile von { $thing }, auch später hinzugefügte.
risk-all-data = Der Zugriff umfasst alle Ihre Daten.
risk-new = Erste Anfrage.
risk-new-what = { $asker } hat Ihnen noch nie eine Anfrage gesendet.
review-known = Über { $asker }
known-since = { $how ->
    [address] Hier nur mit E-Mail-Adresse bekannt, seit { $day }
   *[account] Hat hier ein Konto seit { $day }
}
known-never = Hat Ihnen noch nie eine Anfrage gesendet
known-before = { $number ->
    [one] Hat Ihnen schon eine Anfrage gesendet: { $outcomes }
   *[other] Hat Ihnen schon { $number } Anfragen gesendet: { $outcomes }
}
known-approved = { $number } genehmigt
known-declined = { $number } abgelehnt
known-unanswered = { $number } ohne Antwort
known-withdrawn = { $number } zurückgezogen oder abgebrochen
known-no-access = Hat derzeit keinen Zugriff auf Ihre Daten
known-access = Hat derzeit Zugriff:
known-more-access = { $number } weitere anzeigen
access-until = { access-to }, { $how_long }
review-who = { $kind ->
    [invite] Angebot von
   *[ask] Anfrage von
}
review-filed-by = Gesendet von
review-through = App
review-owner = Daten von
review-what = Daten
review-access = Berechtigung
review-how-long = Dauer
review-held-until = höchstens bis { $moment }, denn länger hat die Person, die das Angebot macht, selbst keinen Zugriff
review-answer-by = Antwort bis
review-writes = Nachricht von { $asker }:
review-answer = Ihre Entscheidung
review-approve = { $kind ->
    [invite] Annehmen
   *[ask] Genehmigen
}
review-decline = Ablehnen
review-undo = { $kind ->
    [invite] Sie können Ihren Zugriff jederzeit beenden. Wenn Sie nichts tun, läuft das Angebot am { $day } ab.
   *[ask] Sie können die Freigabe jederzeit beenden. Wenn Sie nichts tun, läuft die Anfrage am { $day } ab.
}
review-less = { $kind ->
    [invite] Begrenzt annehmen
   *[ask] Zugriff begrenzen
}
review-less-button = { $kind ->
    [invite] Mit diesen Grenzen annehmen
   *[ask] Mit diesen Grenzen genehmigen
}
review-level = Berechtigung
review-ends = Dauer
review-ends-asked = { $kind ->
    [invite] Wie angeboten
   *[ask] Wie angefragt
}
review-ends-day = Für 1 Tag
review-ends-week = Für 7 Tage
review-ends-month = Für 30 Tage
review-ends-quarter = Für 90 Tage
review-ends-year = Für 365 Tage
review-ends-date = Bis zu einem bestimmten Tag
review-last-day = Letzter Tag
review-parts = Welche Teile
review-word = Mit Begründung ablehnen
review-reason = Begründung
review-reason-note = { $asker } kann Ihre Begründung lesen.
review-word-button = Mit dieser Begründung ablehnen
review-problem-level = Wählen Sie die angefragte oder eine geringere Berechtigung.
review-problem-date = Geben Sie den letzten Tag ein, zum Beispiel 2027-03-31.
review-problem-date-over = Der letzte Tag liegt in der Vergangenheit. Geben Sie den heutigen oder einen späteren Tag ein.
review-problem-date-late = Angefragt ist der Zugriff bis zum { $day }. Geben Sie diesen oder einen früheren Tag ein.
review-problem-end-passed = Der angefragte Zeitraum ist schon vorbei. Sie können diese Anfrage nur noch ablehnen.
review-problem-none = Wählen Sie mindestens einen Teil aus. Wenn Sie nichts freigeben möchten, lehnen Sie ab.
review-problem-foreign = Einer dieser Teile wurde nicht angefragt. Laden Sie die Seite neu und wählen Sie noch einmal aus.
review-problem-reason-long = Geben Sie höchstens { $most } Zeichen ein.
review-problem-reason-odd = Der Text enthält unsichtbare Steuerzeichen. Geben Sie ihn ohne diese Zeichen ein.

# Blockieren
block-decline = Ablehnen und blockieren
block-summary = { $who } blockieren
block-what = { $who } kann Ihnen keine Anfragen mehr senden, bis Sie die Blockierung aufheben. Bei einem Versuch erscheint der Hinweis, dass Sie diese Anfragen nicht annehmen. Bestehende Freigaben ändern sich nicht.
block-declines = Damit wird auch diese Anfrage abgelehnt.
block-button = { $who } blockieren
block-button-app = Die App { $app } blockieren
block-is = Sie haben { $who } blockiert.
block-lift = Blockierung von { $who } aufheben
blocked-heading = Blockierte Personen und Apps
blocked-what = Diese Personen und Apps können Ihnen keine Anfragen senden. Bei einem Versuch erscheint der Hinweis, dass Sie diese Anfragen nicht annehmen.
blocked-none = Sie haben niemanden blockiert.
blocked-since = Blockiert am { $day }
blocked-lift = Blockierung von { $who } aufheben

# Was mit einer Anfrage geschehen ist
told-who = { $kind ->
    [invite] Angebot von
   *[ask] Anfrage von
}
told-thing = Daten
told-access = Berechtigung
told-ends = Dauer
told-only = Nur diese Teile
told-parts = { $some } von { $all } Teilen
told-asked = { $kind ->
    [invite] Angeboten
   *[ask] Angefragt
}
told-given = { $kind ->
    [invite] Angenommen
   *[ask] Genehmigt
}
told-all-parts = Alle { $number } Teile
told-parts-label = Teile
told-approved = { $ends ->
    [open] { $kind ->
        [invite] Sie können jetzt { $thing } { do-with }
       *[ask] { $who } kann jetzt { $thing } { do-with }
    }
   *[day] { $kind ->
        [invite] Sie können { $thing } bis zum { $day } { do-with }
       *[ask] { $who } kann { $thing } bis zum { $day } { do-with }
    }
}
told-approved-next = { $kind ->
    [invite] Wir haben { $who } eine E-Mail gesendet. Sie können Ihren Zugriff jederzeit beenden.
   *[ask] Wir haben { $who } eine E-Mail gesendet. Sie können die Freigabe jederzeit beenden.
}
told-undo = { $kind ->
    [invite] Ihren Zugriff beenden
   *[ask] Freigabe beenden
}
told-yes = { $kind ->
    [invite] Sie haben dieses Angebot angenommen
   *[ask] Sie haben diese Anfrage genehmigt
}
told-yes-over = Der Zugriff ist beendet.
told-revoked = { $kind ->
    [invite] Sie haben keinen Zugriff mehr
   *[ask] { $who } hat keinen Zugriff mehr
}
told-revoked-what = { $kind ->
    [invite] Sie konnten { $thing } bis { $moment } { do-with }.
   *[ask] { $who } konnte { $thing } bis { $moment } { do-with }.
}
told-revoked-next = { $kind ->
    [invite] Wenn Sie den Zugriff wieder brauchen, kann { $who } Ihnen ein neues Angebot machen.
   *[ask] Wenn { $who } den Zugriff wieder braucht, ist eine neue Anfrage möglich.
}
told-ended = { $kind ->
    [invite] Ihr Zugriff ist abgelaufen
   *[ask] { $who } hat keinen Zugriff mehr
}
told-ended-what = { $kind ->
    [invite] Sie konnten { $thing } bis zum { $day } { do-with }.
   *[ask] { $who } konnte { $thing } bis zum { $day } { do-with }.
}
told-declined = Sie haben abgelehnt
told-declined-blocked = Sie haben abgelehnt und { $who } blockiert
told-declined-what = { $kind ->
    [invite] { $who } hat Ihnen Zugriff angeboten: { $thing } { do-with }. Es wurde nichts freigegeben.
   *[ask] { $who } wollte { $thing } { do-with }. Es wurde nichts freigegeben.
}
told-declined-until = { $kind ->
    [invite] Haben Sie es sich anders überlegt? Sie können das Angebot noch bis { $moment } annehmen.
   *[ask] Haben Sie es sich anders überlegt? Sie können die Anfrage noch bis { $moment } genehmigen.
}
told-declined-again = { $kind ->
    [invite] { $who } kann dieses Angebot ab dem { $day } noch einmal machen.
   *[ask] { $who } kann diese Anfrage ab dem { $day } noch einmal stellen.
}
told-approve = { $kind ->
    [invite] Doch annehmen
   *[ask] Doch genehmigen
}
told-quote = Ihre Begründung:
told-withdrawn = Keine Antwort mehr nötig
told-withdrawn-what = { $kind ->
    [invite] { $who } hat das Angebot zurückgezogen, bevor Sie geantwortet haben. Es wurde nichts freigegeben.
   *[ask] { $who } hat die Anfrage zurückgezogen, bevor Sie geantwortet haben. Es wurde nichts freigegeben.
}
told-expired = { $kind ->
    [invite] Dieses Angebot ist abgelaufen
   *[ask] Diese Anfrage ist abgelaufen
}
told-expired-what = Sie haben bis { $moment } nicht geantwortet. Deshalb wurde nichts freigegeben.
told-ask-again = { $kind ->
    [invite] Möchten Sie diesen Zugriff noch? Dann bitten Sie { $who } um ein neues Angebot. Sie bekommen von uns eine E-Mail mit einem neuen Link.
   *[ask] Möchten Sie diese Daten noch freigeben? Dann bitten Sie { $who } um eine neue Anfrage. Sie bekommen von uns eine E-Mail mit einem neuen Link.
}
told-next = { $count ->
    [one] Eine weitere Anfrage wartet auf Ihre Antwort.
   *[other] { $count } weitere Anfragen warten auf Ihre Antwort.
}
told-asked-again = Zu denselben Daten gibt es eine neuere Anfrage. Sie wartet auf Ihre Antwort. Verwenden Sie den Link in unserer neuesten E-Mail, oder fordern Sie hier einen neuen an.
told-cancelled = { $kind ->
    [invite] Dieses Angebot wurde geschlossen
   *[ask] Diese Anfrage wurde geschlossen
}
told-why-asker-gone = Die Person, die Zugriff bekommen hätte, hat hier kein Konto mehr.
told-why-decider-gone = Die Person, die entschieden hätte, hat hier kein Konto mehr.
told-why-not-owner = Die Daten gehören nicht mehr der Person, die sie angeboten hat.
told-why-owner-now = Die Daten gehören jetzt der Person, die Zugriff bekommen hätte.
told-why-gone = Die Daten wurden entfernt.
told-why-app = Die App, über die der Vorgang lief, darf keine Anfragen mehr senden.
told-why-admin = Die Administration hat den Vorgang geschlossen.
told-nothing-shared = Es wurde nichts freigegeben. Sie müssen nichts tun.
told-failed = Unsere E-Mail konnte nicht zugestellt werden
told-failed-what = Der Mailserver hat unsere E-Mail nicht angenommen. Deshalb wurde die Anfrage ohne Antwort beendet. Es wurde nichts freigegeben.
told-pending = Diese Anfrage wartet auf Ihre Antwort
told-other-decides = Jetzt entscheidet jemand anderes
told-other-decides-what = Die Daten gehören jetzt einer anderen Person. Wir haben ihr zu dieser Anfrage eine E-Mail gesendet. Sie müssen nichts tun.
told-other-decided = Jemand anderes hat entschieden
told-other-decided-what = Die Daten gehören jetzt einer anderen Person. Diese Person hat auf die Anfrage geantwortet. Sie müssen nichts tun.
told-earlier-address = Dieser Link ging an Ihre frühere E-Mail-Adresse
told-earlier-address-what = Links funktionieren nur für Ihre aktuelle Adresse. Wenn die Anfrage noch offen ist, können wir Ihnen einen neuen Link senden.
told-restored = Dieser Link funktioniert nicht mehr
told-restored-what = Unsere Datenbank wurde aus einer Sicherung wiederhergestellt. Frühere Links funktionieren deshalb nicht mehr. Wenn die Anfrage noch offen ist, können wir Ihnen einen neuen Link senden.
told-over = Diese Anfrage ist erledigt
told-fresh = Neuen Link anfordern

# Der Posteingang
inbox-lists = Listen im Posteingang
inbox-states = Filter
inbox-pages = Seiten
inbox-newer = Neuere
inbox-older = Ältere
inbox-export = Diese Liste herunterladen:
inbox-blocked = Blockierte Personen und Apps
inbox-of-you = Anfragen an Sie
inbox-by-you = Ihre Anfragen
inbox-given = Personen mit Zugriff
inbox-held = Ihr Zugriff
inbox-waiting = Offen
inbox-answered = Erledigt
inbox-live = Aktuell
inbox-ended = Beendet
inbox-all = Alle
inbox-of-you-none-open = Zurzeit wartet keine Anfrage auf Ihre Antwort.
inbox-of-you-none = Hier gibt es keine Anfragen an Sie.
inbox-by-you-none-open = Sie haben keine offenen Anfragen.
inbox-by-you-none = Hier gibt es keine Anfragen von Ihnen.
inbox-given-none-open = Niemand hat Zugriff auf Ihre Daten.
inbox-given-none = Hier gibt es keine Einträge.
inbox-held-none-open = Sie haben keinen Zugriff auf Daten anderer Personen.
inbox-held-none = Hier gibt es keine Einträge.
inbox-asks = { $kind ->
    [invite] Angebot an Sie: { $thing } { do-with }
   *[ask] { $who } möchte { $thing } { do-with }
}
inbox-asked-before = { $kind ->
    [invite] Angebot an Sie: { $thing } { do-with }
   *[ask] { $who } wollte { $thing } { do-with }
}
inbox-asked-whom = { $kind ->
    [invite] Ihr Angebot an { $who }: { $thing } { do-with }
   *[ask] Ihre Anfrage an { $who }: { $thing } { do-with }
}
inbox-asked = Gesendet am { $asked }
inbox-asked-answered = Gesendet am { $asked }, beantwortet am { $answered }
inbox-asked-over = Gesendet am { $asked }, erledigt am { $ended }
inbox-answer-by = Antwort bis { $moment }
inbox-answer-until = Offen bis { $moment }
inbox-review = { $kind ->
    [invite] Angebot prüfen
   *[ask] Anfrage von { $who } prüfen
}
inbox-link = Neuen Link anfordern
inbox-link-what = { $kind ->
    [invite] Auch unsere E-Mail enthält einen Link zu diesem Angebot. Wenn Sie die E-Mail nicht mehr haben, senden wir Ihnen einen neuen Link.
   *[ask] Auch unsere E-Mail enthält einen Link zu dieser Anfrage. Wenn Sie die E-Mail nicht mehr haben, senden wir Ihnen einen neuen Link.
}
inbox-link-button = Neuen Link anfordern
inbox-link-later = { $kind ->
    [invite] Sie können auch den Link in unserer E-Mail öffnen. Ab { $moment } können Sie einen neuen Link anfordern.
   *[ask] Sie können auch den Link in unserer E-Mail öffnen. Ab { $moment } können Sie einen neuen Link anfordern.
}
inbox-link-no-more = { $kind ->
    [invite] Sie können auch den Link in einer unserer E-Mails öffnen. Für dieses Angebot können wir keine weiteren E-Mails senden.
   *[ask] Sie können auch den Link in einer unserer E-Mails öffnen. Für diese Anfrage können wir keine weiteren E-Mails senden.
}
inbox-still-yes = { $kind ->
    [invite] Haben Sie es sich anders überlegt? Sie können das Angebot noch bis { $moment } annehmen.
   *[ask] Haben Sie es sich anders überlegt? Sie können die Anfrage noch bis { $moment } genehmigen.
}
inbox-decline = Ablehnen
inbox-decline-what = Es wird nichts freigegeben. Wir benachrichtigen die andere Person.
inbox-decline-button = { $kind ->
    [invite] Angebot ablehnen
   *[ask] Anfrage ablehnen
}
# Steht in review-reason-note vor „kann Ihre Begründung lesen“, deshalb mit Komma am Ende.
inbox-offerer = Die Person, die das Angebot gemacht hat,
inbox-reason = Begründung (freiwillig)
inbox-block = Blockieren
inbox-block-what = Diese Person kann Ihnen keine Anfragen mehr senden, bis Sie die Blockierung aufheben. Offene Anfragen von ihr werden abgelehnt. Bestehende Freigaben ändern sich nicht.
inbox-block-app = App blockieren
inbox-block-app-what = Die App, über die diese Anfrage kam, kann Ihnen keine Anfragen mehr senden, egal für wen, bis Sie die Blockierung aufheben. Wenn diese Anfrage noch offen ist, wird sie abgelehnt.
inbox-block-app-button = App blockieren
mail-queued = Unsere E-Mail an die andere Person wird gerade gesendet.
mail-sent = Der Mailserver der anderen Person hat unsere E-Mail angenommen.
mail-deferred = Der Mailserver der anderen Person hat uns gebeten zu warten. Wir versuchen es weiter.
mail-bounced = Unsere E-Mail konnte nicht zugestellt werden. Prüfen Sie die Adresse und senden Sie die Anfrage noch einmal.
inbox-resend = E-Mail noch einmal senden
inbox-resend-what = Die andere Person bekommt eine weitere E-Mail mit einem neuen Link. Frühere Links gelten weiter.
inbox-resend-button = E-Mail noch einmal senden
inbox-withdraw = Zurückziehen
inbox-withdraw-what = { $kind ->
    [invite] Wir benachrichtigen die andere Person. Sie können das Angebot später noch einmal senden.
   *[ask] Wir benachrichtigen die andere Person. Sie können die Anfrage später noch einmal senden.
}
inbox-withdraw-button = { $kind ->
    [invite] Angebot zurückziehen
   *[ask] Anfrage zurückziehen
}
inbox-again = Noch einmal senden
inbox-again-what = { $kind ->
    [invite] Das Angebot wird mit derselben Nachricht noch einmal gesendet. Die andere Person bekommt eine neue E-Mail.
   *[ask] Die Anfrage wird mit derselben Nachricht noch einmal gesendet. Die andere Person bekommt eine neue E-Mail.
}
inbox-again-button = { $kind ->
    [invite] Angebot noch einmal senden
   *[ask] Anfrage noch einmal senden
}
inbox-again-from = { $kind ->
    [invite] Ab { $moment } können Sie dieses Angebot noch einmal senden.
   *[ask] Ab { $moment } können Sie diese Anfrage noch einmal senden.
}
inbox-gave = { $state ->
    [past] { $who } konnte { $thing } { do-with }
   *[now] { $who } kann { $thing } { do-with }
}
inbox-holds = { $state ->
    [past] Freigabe von { $who }: Sie konnten { $thing } { do-with }
   *[now] Freigabe von { $who }: Sie können { $thing } { do-with }
}
# Einzahl, denn es folgt „… kann ‚Schlafdaten‘ ansehen“.
inbox-group = Die Gruppe { $name }
inbox-public-link = Jede Person mit dem öffentlichen Link
inbox-signed-in = Jede angemeldete Person
inbox-guests = Jede nicht angemeldete Person
inbox-everyone = Jede Person
inbox-and-more = { $first } und { $more } weitere
inbox-since = Ab dem { $from }, { how-long-open }
inbox-since-until = Vom { $from } bis { $moment }
inbox-since-to = Ab dem { $from }, beendet am { $moment }
inbox-only = Nur diese Teile: { $parts }
inbox-shared-on = Freigegeben von { $who }.
inbox-through-group = Sie haben diesen Zugriff über die Gruppe { $name }. Nur die Person, die ihn gegeben hat oder der die Daten gehören, kann ihn beenden.
inbox-take-back = Freigabe beenden
inbox-take-back-what = Die andere Person verliert den Zugriff sofort. Wenn sie ihn weitergegeben hat, endet auch der weitergegebene Zugriff. Für neuen Zugriff ist wieder Ihre Genehmigung nötig.
inbox-take-back-button = Freigabe beenden
inbox-give-up = Ihren Zugriff beenden
inbox-give-up-what = Sie verlieren den Zugriff sofort. Wenn Sie ihn wieder brauchen, müssen Sie eine neue Anfrage stellen.
inbox-give-up-button = Ihren Zugriff beenden
said-link = Wir senden Ihnen einen neuen Link per E-Mail.
said-declined = Sie haben abgelehnt. Es wurde nichts freigegeben.
said-withdrawn = Zurückgezogen. Wir benachrichtigen die andere Person.
said-withdrawn-undo = Rückgängig: noch einmal senden
said-resent = Wir senden die E-Mail noch einmal.
said-again = Noch einmal gesendet. Die andere Person bekommt eine E-Mail.
said-taken-back = Sie haben die Freigabe beendet.
said-given-up = Sie haben Ihren Zugriff beendet.
said-blocked = Blockiert. Sie bekommen keine Anfragen mehr von dieser Person oder App.
said-blocked-undo = Rückgängig: Blockierung aufheben
said-lifted = Die Blockierung ist aufgehoben. Sie können wieder Anfragen von dieser Person oder App bekommen.

# Die aufgefangenen E-Mails
mailbox-heading = Postfach
mailbox-why = E-Mails werden nicht gesendet, sondern hier aufbewahrt, weil mail.transport auf „capture“ steht. Diese Seite lässt sich nur auf diesem Computer öffnen.
mailbox-nothing = Es gibt noch keine E-Mails. Senden Sie eine Anfrage und laden Sie diese Seite neu.
mailbox-from = Von
mailbox-to = An
mailbox-received = Empfangen
mailbox-html = Als HTML ansehen
mailbox-text = Nur Text

# Wenn etwas nicht geht
trouble-unchanged = Es wurde nichts geändert.
trouble-link = Dieser Link funktioniert nicht
trouble-link-why = Der Link ist unvollständig oder nicht von uns. Manche E-Mail-Programme brechen lange Links um.
trouble-link-do = Öffnen Sie den Link in der E-Mail noch einmal, oder kopieren Sie die ganze Adresse in Ihren Browser.
no-cookie-heading = Ihr Browser hat unser Cookie nicht gespeichert
no-cookie-link = Dieser Browser hat das Cookie nicht zurückgesendet, das für den nächsten Schritt nötig ist. Private Fenster, Datenschutzeinstellungen, Erweiterungen und die Browser in E-Mail-Apps können Cookies blockieren.
no-cookie-link-do = Es wurde nichts geändert. Erlauben Sie Cookies für { $host }, oder öffnen Sie den Link aus der E-Mail in einem anderen Browser.
no-cookie-code = Dieser Browser hat das Cookie nicht zurückgesendet, an dem wir erkennen, wer den Code angefordert hat. Private Fenster, Datenschutzeinstellungen, Erweiterungen und die Browser in E-Mail-Apps können Cookies blockieren.
no-cookie-code-do = Der Code aus der E-Mail gilt nur in dem Browser, in dem Sie ihn angefordert haben. Erlauben Sie Cookies für { $host } und fordern Sie einen neuen Code an, oder melden Sie sich in einem anderen Browser an.
no-cookie-form = Dieser Browser hat unser Cookie nicht mitgesendet. Ohne Cookie können wir nicht erkennen, ob das Formular von Ihnen kommt.
no-cookie-form-do = Es wurde nichts geändert. Erlauben Sie Cookies für { $host }, öffnen Sie die Seite noch einmal und senden Sie das Formular erneut.
no-cookie-elsewhere = Sie kommen von { $name } zurück, aber dieser Browser hat das zuvor gesetzte Cookie nicht zurückgesendet.
no-cookie-elsewhere-do = Es wurde nichts geändert. Erlauben Sie Cookies für { $host } und melden Sie sich noch einmal an.
other-name = Diese Website hat eine andere Adresse
other-name-why = Sie haben diese Website unter einem anderen Namen geöffnet. Formulare funktionieren nur unter der richtigen Adresse.
other-name-do = Es wurde nichts geändert. Öffnen Sie { $url } und versuchen Sie es noch einmal.
other-name-open = { $url } öffnen
trouble-forged = Dieses Formular ist abgelaufen
trouble-forged-why = Sie haben sich an- oder abgemeldet, nachdem Sie es geöffnet hatten. Oder es kam nicht von einer unserer Seiten.
trouble-forged-do = Es wurde nichts geändert. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal. Ihr Browser muss Cookies dieser Website annehmen.
trouble-form = Wir konnten das Formular nicht verarbeiten
trouble-form-do = Es wurde nichts geändert. Gehen Sie zurück und versuchen Sie es noch einmal.
trouble-filter = Diesen Filter gibt es in dieser Liste nicht
trouble-filter-do = Die Adresse enthält einen unbekannten Filter oder denselben Filter zweimal. Öffnen Sie die Liste neu und wählen Sie dort einen Filter aus.
trouble-big = Dieser Text ist zu lang
trouble-big-do = Es wurde nichts geändert. Gehen Sie zurück, kürzen Sie den Text und versuchen Sie es noch einmal.
trouble-nothing = Seite nicht gefunden
trouble-nothing-why = Die Adresse ist falsch, oder die Seite wurde entfernt.
trouble-forbidden = Das ist nicht möglich
trouble-invalid = Eine Angabe in diesem Formular ist ungültig
trouble-invalid-why = Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
trouble-end-over = Der angefragte Zeitraum ist schon vorbei. Stellen Sie eine neue Anfrage mit einem späteren Ende.
trouble-pending = Dazu ist bereits eine Anfrage offen
trouble-pending-why = Die offene Anfrage hat eine andere Berechtigung, andere Teile, ein anderes Ende oder eine andere Nachricht.
trouble-pending-do = Warten Sie auf die Antwort, oder ziehen Sie die offene Anfrage zurück und stellen Sie eine neue.
trouble-wait = Versuchen Sie es später noch einmal
trouble-again = Versuchen Sie es ab { $moment } noch einmal.
trouble-again-in = Warten Sie noch { $length }. Versuchen Sie es dann noch einmal.
trouble-many-any = Das haben Sie in kurzer Zeit zu oft versucht.
trouble-many-letters = Für diese Anfrage können wir keine weiteren E-Mails senden.
trouble-many-soon = Diese E-Mail senden wir höchstens alle 10 Minuten.
trouble-many-declined = Das wurde schon einmal abgelehnt.
trouble-many-theirs = Diese Person hat schon zu viele E-Mails bekommen.
trouble-many-from-you = Sie haben dieser Person schon zu viele Anfragen gesendet.
trouble-many-domain = An die E-Mail-Domain dieser Person haben wir schon zu viele E-Mails gesendet.
trouble-many-yours = Sie haben schon zu viele Anfragen gesendet.
trouble-many-tries = Es gab zu viele Versuche.
trouble-many-network = Aus Ihrem Netzwerk gab es zu viele Versuche.
trouble-busy = Das konnten wir nicht speichern
trouble-busy-why = Die Website ist gerade überlastet.
trouble-busy-do = Versuchen Sie es in einer Minute noch einmal.
trouble-broken = Bei uns ist ein Fehler aufgetreten
trouble-broken-do = Versuchen Sie es noch einmal. Wenn der Fehler wieder auftritt, informieren Sie die Administration dieser Website.
trouble-why-not-yours = Dazu sind Sie nicht berechtigt.
trouble-why-asker-only = Das kann nur die Person, die die Anfrage gestellt hat.
trouble-why-decider-only = Das kann nur die Person, die entscheidet.
trouble-why-asker-over = Die Person, die diese Anfrage gesendet hat, darf um diesen Zugriff nicht mehr bitten. Deshalb können Sie die Anfrage nicht genehmigen. Sie können sie ablehnen oder ablaufen lassen.
trouble-why-offer-over = Die Person, die dieses Angebot gemacht hat, darf die Daten nicht mehr weitergeben.
trouble-why-offer-less = Die Person, die dieses Angebot gemacht hat, hat selbst keinen so weitreichenden Zugriff mehr.
trouble-why-group = Sie haben diesen Zugriff über eine Gruppe. Nur die Person, die ihn gegeben hat oder der die Daten gehören, kann ihn beenden.
trouble-why-blocked = Diese Person nimmt keine Anfragen von Ihnen an.
trouble-to-front = Zur Startseite
trouble-to-request = Zurück zur Anfrage
trouble-to-inbox = Zum Posteingang
trouble-to-admin = Zur Übersicht
trouble-to-sign-in = Zurück zur Anmeldung
trouble-to-sessions = Zurück zu den aktiven Anmeldungen

# Verlängerung anfragen
renew-heading = Ihren Zugriff behalten
renew-said = Wir haben { $decider } gefragt. Wir schreiben Ihnen, sobald es eine Antwort gibt.
renew-what = { $state ->
    [past] Sie konnten { $thing } bis { $ends } { do-with }.
   *[now] Sie können { $thing } noch bis { $ends } { do-with }.
}
renew-asked = Sie haben um eine Verlängerung gebeten. Es gibt noch keine Antwort.
renew-again = { $decider } hat schon einmal abgelehnt. Ab { $from } können Sie erneut um eine Verlängerung bitten.
renew-decides = { $decider } entscheidet, ob Sie den Zugriff behalten. Dauer: { $how_long }.
renew-message = Nachricht an { $decider } (freiwillig)
renew-button = Verlängerung anfragen
