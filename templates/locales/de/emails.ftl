# Jede E-Mail: Betreff, Vorschauzeile, Überschrift, worum es geht, Schaltfläche, warum sie kommt und was ohne Antwort geschieht.
# Kein HTML. Anrede: Sie. $kind: `ask` (jemand bittet um Daten der lesenden Person), `invite` (jemand bietet Zugriff an) oder
# `renewal` (jemand möchte Zugriff behalten). Vor { $how_long } steht ein Doppelpunkt, weil es ein Nebensatz sein kann.

hello = Guten Tag { $reader }!
hello-nameless = Guten Tag!
link-plain = Wenn die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:
sent-to = { $instance } hat diese E-Mail an { $address } gesendet. Wir fragen nie per E-Mail nach Ihrem Passwort.
replies = Wenn Sie auf diese E-Mail antworten, geht Ihre Antwort an { $person }, nicht an uns.
own-words = Diese Nachricht stammt nicht von uns.
asking-quote = Nachricht von { $asker }:
decider-quote = Nachricht von { $decider }:
look-click = Vielleicht müssen Sie sich anmelden. Allein durch das Öffnen der Seite ändert sich nichts.
asked-why = { $kind ->
    [invite] Sie erhalten diese E-Mail, weil Sie dieses Angebot gemacht haben. Sie müssen nichts tun.
   *[ask] Sie erhalten diese E-Mail, weil Sie diese Anfrage gestellt haben. Sie müssen nichts tun.
}
asked-open-why = { $kind ->
    [invite] Sie erhalten diese E-Mail, weil Sie dieses Angebot gemacht haben. Wenn Sie nichts tun, wird nichts freigegeben.
    [renewal] Sie erhalten diese E-Mail, weil Sie diesen Zugriff behalten möchten. Wenn Sie nichts tun, endet er wie vorgesehen.
   *[ask] Sie erhalten diese E-Mail, weil Sie diese Anfrage gestellt haben. Wenn Sie nichts tun, wird nichts freigegeben.
}

decide-name = Anfrage
decide-purpose = An die Person, die entscheidet: Jemand bittet um Zugriff.
decide-subject = { $kind ->
    [renewal] { $asker } möchte { $things } weiterhin { do-with } (Antwort bis { $answer_day })
   *[ask] { $asker } möchte { $things } { do-with } (Antwort bis { $answer_day })
}
decide-preheader = { $kind ->
    [renewal] Ohne Ihre Genehmigung endet der Zugriff wie vorgesehen.
   *[ask] Ohne Ihre Genehmigung wird nichts freigegeben.
}
decide-heading = { $kind ->
    [renewal] { $asker } möchte den Zugriff auf Ihre Daten behalten
   *[ask] { $asker } möchte Zugriff auf Ihre Daten
}
decide-lead = { $kind ->
    [renewal] { $asker } möchte { $things } weiterhin { do-with }. Ohne Ihre Genehmigung endet der Zugriff wie vorgesehen.
   *[ask] { $asker } möchte { $things } { do-with }. Ohne Ihre Genehmigung wird nichts freigegeben.
}
decide-button = Anfrage prüfen
decide-click = Vielleicht müssen Sie sich anmelden. Allein durch das Öffnen der Seite wird nichts freigegeben.
decide-undo = Sie können die Freigabe jederzeit beenden.
decide-why = { $kind ->
    [renewal] Sie erhalten diese E-Mail, weil { $asker } Zugriff auf Ihre Daten hat und ihn behalten möchte. Wenn Sie nichts tun, endet der Zugriff wie vorgesehen. Bitte leiten Sie diese E-Mail nicht weiter: Der Link ist nur für Sie bestimmt.
   *[ask] Sie erhalten diese E-Mail, weil { $asker } um Zugriff auf Ihre Daten bittet. Wenn Sie nichts tun, läuft die Anfrage ab, und es wird nichts freigegeben. Bitte leiten Sie diese E-Mail nicht weiter: Der Link ist nur für Sie bestimmt.
}

invite-name = Angebot
invite-purpose = An die Person, die entscheidet: Jemand bietet Zugriff an.
invite-subject = Angebot von { $asker }: { $things } { do-with } (Antwort bis { $answer_day })
invite-preheader = Solange Sie nicht annehmen, ändert sich nichts.
invite-heading = { $asker } bietet Ihnen Zugriff an
invite-lead = Wenn Sie das Angebot von { $asker } annehmen, können Sie { $things } { do-with }. Sie können es auch ablehnen.
invite-button = Angebot prüfen
invite-why = Sie erhalten diese E-Mail, weil { $asker } Ihnen Zugriff anbietet. Wenn Sie nichts tun, läuft das Angebot ab. Bitte leiten Sie diese E-Mail nicht weiter: Der Link ist nur für Sie bestimmt.

reminder-name = Erinnerung
reminder-purpose = An die Person, die entscheidet: Eine Anfrage oder ein Angebot ist noch offen.
reminder-subject = { $kind ->
    [invite] Erinnerung an das Angebot von { $asker }: { $things } { do-with } (Antwort bis { $answer_day })
    [renewal] Erinnerung: { $asker } möchte { $things } weiterhin { do-with } (Antwort bis { $answer_day })
   *[ask] Erinnerung: { $asker } möchte { $things } { do-with } (Antwort bis { $answer_day })
}
reminder-preheader = Sie können noch bis zum { $answer_day } antworten.
reminder-heading = { $asker } wartet auf Ihre Antwort
reminder-lead = { $kind ->
    [invite] Wenn Sie das Angebot von { $asker } annehmen, können Sie { $things } { do-with }. Sie haben noch nicht geantwortet.
    [renewal] { $asker } möchte { $things } weiterhin { do-with }. Sie haben noch nicht geantwortet.
   *[ask] { $asker } möchte { $things } { do-with }. Sie haben noch nicht geantwortet.
}
reminder-button = { $kind ->
    [invite] Angebot prüfen
   *[ask] Anfrage prüfen
}
reminder-why = Sie erhalten diese E-Mail, weil Sie auf unsere frühere E-Mail noch nicht geantwortet haben. Wenn Sie nichts tun, wird nichts Neues freigegeben. Bitte leiten Sie diese E-Mail nicht weiter: Der Link ist nur für Sie bestimmt.

fresh-link-name = Neuer Link
fresh-link-purpose = An die Person, die entscheidet: der neue Link, den sie angefordert hat.
fresh-link-subject = { $kind ->
    [invite] Ihr neuer Link zum Angebot von { $asker }: { $things } { do-with }
    [renewal] Ihr neuer Link: { $asker } möchte { $things } weiterhin { do-with }
   *[ask] Ihr neuer Link: { $asker } möchte { $things } { do-with }
}
fresh-link-preheader = Er führt zur selben Seite wie Ihr früherer Link.
fresh-link-heading = Ihr neuer Link
fresh-link-lead = { $kind ->
    [invite] Wenn Sie das Angebot von { $asker } annehmen, können Sie { $things } { do-with }. Mit diesem Link können Sie antworten.
    [renewal] { $asker } möchte { $things } weiterhin { do-with }. Mit diesem Link können Sie antworten.
   *[ask] { $asker } möchte { $things } { do-with }. Mit diesem Link können Sie antworten.
}
fresh-link-button = { $kind ->
    [invite] Angebot prüfen
   *[ask] Anfrage prüfen
}
fresh-link-why = Sie erhalten diese E-Mail, weil jemand einen neuen Link angefordert hat, vermutlich Sie selbst. Wenn Sie das nicht waren, ignorieren Sie diese E-Mail: Es wird nichts Neues freigegeben. Bitte leiten Sie diese E-Mail nicht weiter: Der Link ist nur für Sie bestimmt.

receipt-name = Anfrage gesendet
receipt-purpose = An die anfragende Person: Die Anfrage wurde gesendet.
receipt-subject = { $kind ->
    [invite] Angebot an { $decider } gesendet: { $things } { do-with }
    [renewal] Anfrage an { $decider } gesendet: { $things } weiterhin { do-with }
   *[ask] Anfrage an { $decider } gesendet: { $things } { do-with }
}
receipt-preheader = Wir schreiben Ihnen, sobald es eine Antwort gibt.
receipt-heading = { $kind ->
    [invite] Ihr Angebot wurde gesendet
   *[ask] Ihre Anfrage wurde gesendet
}
receipt-lead = { $kind ->
    [invite] Wir haben { $decider } in Ihrem Namen Zugriff angeboten: { $things } { do-with }.
    [renewal] Wir haben { $decider } gefragt, ob Sie { $things } weiterhin { do-with } dürfen.
   *[ask] Wir haben { $decider } gefragt, ob Sie { $things } { do-with } dürfen.
}
receipt-note = { $kind ->
    [renewal] Wir schreiben Ihnen, sobald es eine Antwort gibt. Ohne Genehmigung endet Ihr Zugriff wie vorgesehen.
   *[ask] Wir schreiben Ihnen, sobald es eine Antwort gibt. Bis dahin wird nichts freigegeben.
}
receipt-button = { $kind ->
    [invite] Angebot ansehen
   *[ask] Anfrage ansehen
}
receipt-click = { $kind ->
    [invite] Vielleicht müssen Sie sich anmelden. Sie können das Angebot dort auch zurückziehen.
   *[ask] Vielleicht müssen Sie sich anmelden. Sie können die Anfrage dort auch zurückziehen.
}
receipt-why = { $kind ->
    [invite] Sie erhalten diese E-Mail, weil dieses Angebot in Ihrem Namen gemacht wurde. Sie müssen nichts tun.
   *[ask] Sie erhalten diese E-Mail, weil diese Anfrage in Ihrem Namen gestellt wurde. Sie müssen nichts tun.
}

approved-name = Genehmigt
approved-purpose = An die anfragende Person: Die Anfrage wurde genehmigt.
approved-subject = { $kind ->
    [invite] { $decider } hat Ihr Angebot angenommen und kann jetzt { $things } { do-with }
    [renewal] { $decider } hat Ihre Anfrage genehmigt: Sie können { $things } weiterhin { do-with }
   *[ask] { $decider } hat Ihre Anfrage genehmigt: Sie können jetzt { $things } { do-with }
}
approved-preheader = { $kind ->
    [invite] So lange gilt der Zugriff: { $how_long }.
   *[ask] So lange haben Sie Zugriff: { $how_long }.
}
approved-heading = { $kind ->
    [invite] Ihr Angebot wurde angenommen
    [renewal] Sie behalten Ihren Zugriff
   *[ask] Ihre Anfrage wurde genehmigt
}
approved-lead = { $kind ->
    [invite] { $decider } hat Ihr Angebot angenommen und kann jetzt { $things } { do-with }.
    [renewal] { $decider } hat Ihre Anfrage genehmigt. Sie können { $things } weiterhin { do-with }.
   *[ask] { $decider } hat Ihre Anfrage genehmigt. Sie können jetzt { $things } { do-with }.
}
approved-button = { $kind ->
    [invite] Personen mit Zugriff ansehen
   *[ask] Ihren Zugriff ansehen
}

approved-less-name = Eingeschränkt genehmigt
approved-less-purpose = An die anfragende Person: Die Anfrage wurde mit Einschränkungen genehmigt.
approved-less-subject = { $kind ->
    [invite] { $decider } hat Ihr Angebot teilweise angenommen und kann jetzt { $things } { do-with }
   *[ask] { $decider } hat Ihre Anfrage eingeschränkt genehmigt: Sie können jetzt { $things } { do-with }
}
approved-less-preheader = { $kind ->
    [invite] So lange gilt der Zugriff: { $how_long }.
   *[ask] So lange haben Sie Zugriff: { $how_long }.
}
approved-less-heading = { $kind ->
    [invite] Ihr Angebot wurde teilweise angenommen
   *[ask] Ihre Anfrage wurde eingeschränkt genehmigt
}
approved-less-lead = { $kind ->
    [invite] { $decider } hat Ihr Angebot teilweise angenommen und kann jetzt { $things } { do-with }.
   *[ask] { $decider } hat Ihre Anfrage eingeschränkt genehmigt. Sie können jetzt { $things } { do-with }.
}

declined-name = Abgelehnt
declined-purpose = An die anfragende Person: Die Anfrage wurde abgelehnt.
declined-subject = { $kind ->
    [invite] { $decider } hat Ihr Angebot abgelehnt: { $things } { do-with }
    [renewal] { $decider } hat Ihre Anfrage abgelehnt: { $things } weiterhin { do-with }
   *[ask] { $decider } hat Ihre Anfrage abgelehnt: { $things } { do-with }
}
declined-preheader = { $kind ->
    [renewal] Ihr Zugriff endet wie vorgesehen.
   *[ask] Es wurde nichts freigegeben.
}
declined-heading = { $kind ->
    [invite] Ihr Angebot wurde abgelehnt
   *[ask] Ihre Anfrage wurde abgelehnt
}
declined-lead = { $kind ->
    [invite] Sie haben { $decider } Zugriff angeboten: { $things } { do-with }. Ihr Angebot wurde abgelehnt. Es wurde nichts freigegeben.
    [renewal] Sie haben { $decider } gefragt, ob Sie { $things } weiterhin { do-with } dürfen. Ihre Anfrage wurde abgelehnt. Ihr Zugriff endet wie vorgesehen.
   *[ask] Sie haben { $decider } gefragt, ob Sie { $things } { do-with } dürfen. Ihre Anfrage wurde abgelehnt. Es wurde nichts freigegeben.
}
declined-again = { $kind ->
    [invite] Ab { $again } können Sie dieses Angebot noch einmal machen.
   *[ask] Ab { $again } können Sie diese Anfrage noch einmal stellen.
}

withdrawn-name = Keine Antwort mehr nötig
withdrawn-purpose = An die Person, die entscheiden sollte: Die Anfrage braucht keine Antwort mehr.
withdrawn-subject = { $kind ->
    [invite] Keine Antwort mehr nötig: { $asker } hat das Angebot für { $things } zurückgezogen
    [cancelled] Keine Antwort mehr nötig ({ $asker }, { $things })
   *[ask] Keine Antwort mehr nötig: { $asker } hat die Anfrage für { $things } zurückgezogen
}
withdrawn-preheader = Sie müssen nichts tun.
withdrawn-heading = Keine Antwort mehr nötig
withdrawn-lead = { $kind ->
    [invite] { $asker } hat Ihnen Zugriff angeboten: { $things } { do-with }. Das Angebot wurde zurückgezogen.
    [cancelled] In unserer früheren E-Mail ging es um { $asker } und { $things }. Der Vorgang wurde geschlossen. Es gibt nichts mehr zu entscheiden.
    [renewal] { $asker } wollte { $things } weiterhin { do-with }. Die Anfrage wurde zurückgezogen.
   *[ask] { $asker } wollte { $things } { do-with }. Die Anfrage wurde zurückgezogen.
}
withdrawn-note = Der Link in unserer früheren E-Mail zeigt nur noch, was geschehen ist.
withdrawn-why = { $kind ->
    [invite] Sie erhalten diese E-Mail, weil wir Ihnen zu diesem Angebot schon einmal geschrieben haben. Sie müssen nichts tun.
   *[ask] Sie erhalten diese E-Mail, weil wir Ihnen zu dieser Anfrage schon einmal geschrieben haben. Sie müssen nichts tun.
}

expired-name = Abgelaufen
expired-purpose = An die anfragende Person: Die Frist ist ohne Antwort abgelaufen.
expired-subject = { $kind ->
    [invite] Abgelaufen: { $decider } hat auf Ihr Angebot für { $things } nicht geantwortet
   *[ask] Abgelaufen: { $decider } hat auf Ihre Anfrage für { $things } nicht geantwortet
}
expired-preheader = { $kind ->
    [renewal] Ihr Zugriff endet wie vorgesehen.
   *[ask] Es wurde nichts freigegeben.
}
expired-heading = { $kind ->
    [invite] Ihr Angebot ist abgelaufen
   *[ask] Ihre Anfrage ist abgelaufen
}
expired-lead = { $kind ->
    [invite] Sie haben { $decider } Zugriff angeboten: { $things } { do-with }. Bis { $answer_by } kam keine Antwort. Es wurde nichts freigegeben.
    [renewal] Sie haben { $decider } gefragt, ob Sie { $things } weiterhin { do-with } dürfen. Bis { $answer_by } kam keine Antwort. Ihr Zugriff endet wie vorgesehen.
   *[ask] Sie haben { $decider } gefragt, ob Sie { $things } { do-with } dürfen. Bis { $answer_by } kam keine Antwort. Es wurde nichts freigegeben.
}
expired-note = { $kind ->
    [invite] Sie können das Angebot noch einmal machen.
   *[ask] Wenn Sie den Zugriff noch brauchen, können Sie eine neue Anfrage stellen.
}
expired-button = { $kind ->
    [invite] Ihre Angebote ansehen
   *[ask] Ihre Anfragen ansehen
}

cancelled-name = Geschlossen
cancelled-purpose = An die anfragende Person: Über die Anfrage kann nicht mehr entschieden werden.
cancelled-subject = { $kind ->
    [invite] Geschlossen: Ihr Angebot an { $decider } für { $things }
   *[ask] Geschlossen: Ihre Anfrage an { $decider } für { $things }
}
cancelled-preheader = { $kind ->
    [invite] Das Angebot gilt nicht mehr. Sie müssen nichts tun.
   *[ask] Die Anfrage gilt nicht mehr. Sie müssen nichts tun.
}
cancelled-heading = { $kind ->
    [invite] Ihr Angebot wurde geschlossen
   *[ask] Ihre Anfrage wurde geschlossen
}
cancelled-lead = { $kind ->
    [invite] Sie haben { $decider } Zugriff angeboten: { $things } { do-with }. { cancelled-reason }
    [renewal] Sie haben { $decider } gefragt, ob Sie { $things } weiterhin { do-with } dürfen. { cancelled-reason }
   *[ask] Sie haben { $decider } gefragt, ob Sie { $things } { do-with } dürfen. { cancelled-reason }
}
cancelled-reason = { $why ->
    [thing_gone] Die Daten wurden entfernt. Es gibt nichts mehr zu entscheiden.
    [decider_gone] Das Konto dieser Person wurde entfernt. Deshalb kann sie nicht mehr antworten.
    [app_gone] Die App, über die der Vorgang lief, darf keine Anfragen mehr senden.
    [own] Die Daten gehören jetzt Ihnen. Sie brauchen dafür keine Genehmigung mehr.
    [not_yours] Die Daten gehören Ihnen nicht mehr. Deshalb können Sie sie nicht mehr anbieten.
   *[removed] Die Administration hat den Vorgang geschlossen.
}

another-decides-name = Jemand anderes entscheidet
another-decides-purpose = An die Person, die bisher entschieden hätte: Die Daten gehören jetzt jemand anderem.
another-decides-subject = Keine Antwort mehr nötig: Über { $things } entscheidet jetzt jemand anderes
another-decides-preheader = Sie müssen nichts tun.
another-decides-heading = Jetzt entscheidet jemand anderes
another-decides-lead = { $kind ->
    [renewal] { $asker } möchte { $things } weiterhin { do-with }. Die Daten gehören jetzt einer anderen Person. Diese Person entscheidet über die Anfrage.
   *[ask] { $asker } möchte { $things } { do-with }. Die Daten gehören jetzt einer anderen Person. Diese Person entscheidet über die Anfrage.
}
another-decides-note = Der Link in unserer früheren E-Mail zeigt nur noch, was geschehen ist.
another-decides-why = Sie erhalten diese E-Mail, weil wir Ihnen zu dieser Anfrage schon einmal geschrieben haben. Sie müssen nichts tun.

sign-in-code-name = Anmeldecode
sign-in-code-purpose = An eine Person, die sich anmeldet: der Code.
sign-in-code-subject = Ihr Anmeldecode für { $instance }
sign-in-code-preheader = Der Code gilt nur einmal und nur { $length } lang.
sign-in-code-heading = Ihr Anmeldecode
sign-in-code-lead = Geben Sie diesen Code auf der Seite ein, auf der Sie ihn angefordert haben:
sign-in-code-note = Der Code gilt nur einmal und nur { $length } lang. Geben Sie ihn an niemanden weiter. Wir fragen nie danach.
sign-in-code-why = Sie erhalten diese E-Mail, weil sich jemand mit Ihrer Adresse anmeldet, vermutlich Sie selbst. Wenn Sie das nicht waren, ignorieren Sie diese E-Mail: Ohne den Code kann sich niemand anmelden.

sign-in-warning-name = Warnung vor Anmeldeversuchen
sign-in-warning-purpose = An eine Person, deren Passwort jemand zu erraten versucht, nach 100 falschen Eingaben hintereinander.
sign-in-warning-subject = Jemand versucht, Ihr Passwort für { $instance } zu erraten
sign-in-warning-preheader = Die Anmeldung ist nicht gelungen. Ihr Konto ist nicht gesperrt.
sign-in-warning-heading = Jemand versucht, Ihr Passwort zu erraten
sign-in-warning-lead = Für Ihr Konto wurden mindestens 100-mal hintereinander falsche Passwörter oder Anmeldecodes eingegeben. Niemand konnte sich damit anmelden. Ihr Konto ist nicht gesperrt. Sie können sich wie gewohnt anmelden.
sign-in-warning-button = Ihre aktiven Anmeldungen ansehen
sign-in-warning-note = Ist Ihr Passwort leicht zu erraten, oder verwenden Sie es auch anderswo? Dann bitten Sie die Administration um ein neues. Solange die Versuche andauern, kann es bis zu 5 Sekunden länger dauern, wenn Sie sich in einem neuen Netzwerk mit Ihrem Passwort anmelden.
sign-in-warning-why = Sie erhalten diese E-Mail, weil es um die Sicherheit Ihres Kontos geht. Sie müssen nichts tun. Solange die Versuche andauern, schreiben wir Ihnen höchstens einmal pro Woche.

browser-remembered-name = Gemerkter Browser
browser-remembered-purpose = An eine Person: einer ihrer Browser ist jetzt gemerkt.
browser-remembered-subject = Ein Browser ist jetzt für Ihr Konto bei { $instance } gemerkt
browser-remembered-preheader = Falls Sie das nicht waren, entfernen Sie ihn jetzt.
browser-remembered-heading = Wir merken uns jetzt einen Ihrer Browser
browser-remembered-lead = { $length } lang können Sie Anfragen in diesem Browser ohne Code beantworten. Anmelden müssen Sie sich weiterhin.
browser-remembered-button = Ihre Browser ansehen
browser-remembered-note = Falls Sie das nicht waren, entfernen Sie den Browser und melden Sie auf dieser Seite alle anderen Browser ab.
browser-remembered-why = Sie erhalten diese E-Mail, weil es um die Sicherheit Ihres Kontos geht. Sie müssen nichts tun, wenn Sie das selbst gewählt haben.

account-changed-name = Konto geändert
account-changed-purpose = An eine Person, deren Adresse, Benutzername, Passwort oder Anbieterkonto jemand anders geändert hat: an die alte und die neue Adresse.
account-changed-subject = Ihr Konto bei { $instance } wurde geändert
account-changed-preheader = Falls Sie das nicht erwartet haben, bestätigen Sie es nicht.
account-changed-heading = Ihr Konto wurde geändert
account-changed-lead = { $what ->
    [address] Jemand anders hat die E-Mail-Adresse Ihres Kontos geändert.
    [username] Jemand anders hat den Benutzernamen Ihres Kontos geändert.
    [password] Jemand anders hat ein neues Passwort für Ihr Konto gesetzt.
   *[provider] Ein Konto bei einem Anmeldedienst wurde mit Ihrem Konto verknüpft.
} Wir haben alle Ihre Browser abgemeldet. Dieses Konto kann bis { $until } keine Anfragen beantworten.
account-changed-button = Änderung ansehen
account-changed-note = Wenn Sie das erwartet haben, bestätigen Sie es, dann können Sie sofort wieder Anfragen beantworten. Wenn nicht, bestätigen Sie es nicht und wenden Sie sich an die Betreiber von { $instance }.
account-changed-note-elsewhere = Einen Link zum Bestätigen haben wir an die bisherige Adresse des Kontos gesendet. Falls Sie die Änderung nicht erwartet haben, wenden Sie sich an die Betreiber von { $instance }.
account-changed-why = Sie erhalten diese E-Mail, weil Ihr Konto geändert wurde. Wenn Sie nichts tun, kann das Konto nach 7 Tagen wieder Anfragen beantworten.

undeliverable-name = E-Mail nicht zugestellt
undeliverable-purpose = An die anfragende Person: Die E-Mail konnte nicht zugestellt werden.
undeliverable-subject = Nicht zugestellt: unsere E-Mail an { $decider } über { $things }
undeliverable-preheader = { $kind ->
    [invite] Ihr Angebot ist nicht angekommen.
   *[ask] Ihre Anfrage ist nicht angekommen.
}
undeliverable-heading = Unsere E-Mail konnte nicht zugestellt werden
undeliverable-lead = { $kind ->
    [invite] Sie haben { $decider } Zugriff angeboten: { $things } { do-with }. Unsere E-Mail konnte nicht zugestellt werden. Ihr Angebot ist deshalb nicht angekommen.
    [renewal] Sie haben { $decider } gefragt, ob Sie { $things } weiterhin { do-with } dürfen. Unsere E-Mail konnte nicht zugestellt werden. Ihre Anfrage ist deshalb nicht angekommen.
   *[ask] Sie haben { $decider } gefragt, ob Sie { $things } { do-with } dürfen. Unsere E-Mail konnte nicht zugestellt werden. Ihre Anfrage ist deshalb nicht angekommen.
}
undeliverable-happened = { $why ->
    [no_mailbox] Diese E-Mail-Adresse gibt es nicht
    [refused] Der Mailserver hat unsere E-Mail abgelehnt
   *[no_answer] Der Mailserver hat unsere E-Mail trotz vieler Versuche nicht angenommen
}
undeliverable-next = { $why ->
    [no_mailbox] Fragen Sie die Person auf anderem Weg nach der richtigen Adresse, zum Beispiel am Telefon. Versuchen Sie es dann noch einmal.
    [refused] Sagen Sie der Person auf anderem Weg Bescheid, damit sie bei ihrem E-Mail-Anbieter nachfragen kann. Versuchen Sie es dann noch einmal.
   *[no_answer] Sagen Sie der Person auf anderem Weg Bescheid, oder versuchen Sie es später noch einmal.
}

shared-name = Freigegeben
shared-purpose = An eine Person mit neuem Zugriff: Jemand hat Daten für sie freigegeben.
shared-subject = Freigabe von { $from }: Sie können jetzt { $things } { do-with }
shared-preheader = So lange haben Sie Zugriff: { $how_long }.
shared-heading = { $from } hat { $things } für Sie freigegeben
shared-lead = { $from } hat Ihnen Zugriff gegeben. Sie können jetzt { $things } { do-with }.
shared-button = Ihren Zugriff ansehen
shared-why = Sie erhalten diese E-Mail, weil { $from } Ihnen diesen Zugriff gegeben hat. Sie müssen nichts tun.

# $renewal: `offered` (man kann um die Verlängerung bitten), `asked` (die Anfrage läuft) oder `none`.
ends-soon-name = Zugriff endet bald
ends-soon-purpose = An eine Person mit Zugriff: Er endet bald.
ends-soon-subject = Ihr Zugriff auf { $things } endet am { $end_day }
ends-soon-preheader = { $renewal ->
    [offered] Wenn Sie ihn noch brauchen, können Sie um eine Verlängerung bitten.
    [asked] Sie haben um eine Verlängerung gebeten. Es gibt noch keine Antwort.
   *[none] Wenn Sie ihn noch brauchen, bitten Sie { $from } um eine Verlängerung.
}
ends-soon-heading = Ihr Zugriff endet bald
ends-soon-lead = Sie können { $things } noch bis { $ends } { do-with }.
ends-soon-note = { $renewal ->
    [offered] Wenn Sie den Zugriff noch brauchen, können Sie um eine Verlängerung für dieselbe Dauer bitten. Wir schreiben dann der Person, die darüber entscheidet.
    [asked] Sie haben um eine Verlängerung gebeten. Wir schreiben Ihnen, sobald es eine Antwort gibt.
   *[none] Wenn Sie den Zugriff noch brauchen, bitten Sie { $from } um eine Verlängerung.
}
ends-soon-button = { $renewal ->
    [offered] Verlängerung anfragen
   *[none] Ihren Zugriff ansehen
}
ends-soon-why = Sie erhalten diese E-Mail, weil Sie diesen Zugriff haben. Wenn Sie nichts tun, endet er wie vorgesehen.

renew-click = { $renewal ->
    [offered] Vielleicht müssen Sie sich anmelden. Allein durch das Öffnen der Seite wird keine Anfrage gesendet.
   *[none] Vielleicht müssen Sie sich anmelden. Allein durch das Öffnen der Seite ändert sich nichts.
}

ended-name = Zugriff abgelaufen
ended-purpose = An eine Person, deren Zugriff wie vorgesehen abgelaufen ist.
ended-subject = Ihr Zugriff auf { $things } ist abgelaufen
ended-preheader = { $renewal ->
    [offered] Sie können bis { $ask_until } erneut um den Zugriff bitten.
    [asked] Sie haben um eine Verlängerung gebeten. Es gibt noch keine Antwort.
   *[none] Er ist wie vorgesehen abgelaufen.
}
ended-heading = Ihr Zugriff ist abgelaufen
ended-lead = Ihr Zugriff ist wie vorgesehen abgelaufen. Sie können { $things } nicht mehr { do-with }.
ended-note = { $renewal ->
    [offered] Sie können noch bis { $ask_until } erneut um den Zugriff bitten. Wenn die Anfrage genehmigt wird, haben Sie wieder denselben Zugriff.
    [asked] Sie haben um eine Verlängerung gebeten. Es gibt noch keine Antwort. Wenn die Anfrage genehmigt wird, haben Sie wieder denselben Zugriff.
   *[none] Wenn Sie den Zugriff noch brauchen, bitten Sie { $from } um eine neue Freigabe.
}
ended-button = { $renewal ->
    [offered] Zugriff erneut anfragen
   *[none] Posteingang öffnen
}
ended-why = Sie erhalten diese E-Mail, weil Sie diesen Zugriff hatten. Wenn Sie nichts tun, bekommen Sie ihn nicht zurück.

# $by: `giver` oder `other`.
revoked-name = Freigabe beendet
revoked-purpose = An eine Person, deren Zugriff beendet wurde.
revoked-subject = { $by ->
    [giver] { $from } hat die Freigabe für { $things } beendet
   *[other] Ihr Zugriff auf { $things } wurde beendet
}
revoked-preheader = Sie haben ab sofort keinen Zugriff mehr.
revoked-heading = Ihr Zugriff wurde beendet
revoked-lead = { $by ->
    [giver] { $from } hat die Freigabe beendet. Sie können { $things } nicht mehr { do-with }.
   *[other] Ihr Zugriff wurde beendet. Sie können { $things } nicht mehr { do-with }.
}
revoked-note = Wenn Sie das für einen Irrtum halten, wenden Sie sich an { $from }.
revoked-why = Sie erhalten diese E-Mail, weil Sie diesen Zugriff hatten. Sie müssen nichts tun.

summary-name = Tagesübersicht
summary-purpose = An die Administration: die offenen Punkte des Tages.
summary-subject = { $instance }: offene Punkte am { $day }
summary-preheader = Offene Anfragen, nicht zugestellte E-Mails und Zugriffe, die bald enden.
summary-heading = Offene Punkte
summary-lead = Das ist Ihre Übersicht vom { $day }. An Tagen ohne offene Punkte senden wir keine E-Mail.
summary-button = Übersicht öffnen
summary-why = Sie erhalten diese E-Mail, weil Sie zur Administration gehören. Wenn Sie nichts tun, bleiben diese Punkte offen.
