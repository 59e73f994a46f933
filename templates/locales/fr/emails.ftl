# Each email: subject, preheader (the line a mailbox shows after the subject), heading, lead (what it is about), button, why
# (why you received it, and what happens if you ignore it). No HTML here. $kind: `ask` (a request for the reader's data),
# `invite` (an offer) or `renewal` (a request to keep access).

hello = Bonjour { $reader },
hello-nameless = Bonjour,
link-plain = Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :
sent-to = Envoyé à { $address } par { $instance }. Nous ne demandons jamais votre mot de passe par e-mail.
replies = Si vous répondez à cet e-mail, votre réponse sera envoyée à { $person }, pas à nous.
own-words = Ce message ne vient pas de nous.
asking-quote = { $asker } vous écrit :
decider-quote = { $decider } vous écrit :
look-click = Vous devrez peut-être vous connecter. Ouvrir la page ne change rien.
asked-why = { $kind ->
    [invite] Vous recevez cet e-mail car vous avez fait cette proposition. Vous n’avez rien à faire.
   *[ask] Vous recevez cet e-mail car vous avez fait cette demande. Vous n’avez rien à faire.
}
asked-open-why = { $kind ->
    [invite] Vous recevez cet e-mail car vous avez fait cette proposition. Si vous ne faites rien, rien n’est partagé.
    [renewal] Vous recevez cet e-mail car vous avez demandé à garder cet accès. Si vous ne faites rien, il prend fin comme prévu.
   *[ask] Vous recevez cet e-mail car vous avez fait cette demande. Si vous ne faites rien, rien n’est partagé.
}

decide-name = Demande
decide-purpose = À la personne qui décide : quelqu’un demande un accès.
decide-subject = { $kind ->
    [renewal] { $asker } souhaite continuer à { do-with } { $things } (réponse d’ici au { $answer_day })
   *[ask] { $asker } souhaite { do-with } { $things } (réponse d’ici au { $answer_day })
}
decide-preheader = { $kind ->
    [renewal] Sans votre accord, l’accès prend fin comme prévu.
   *[ask] Rien n’est partagé sans votre accord.
}
decide-heading = { $kind ->
    [renewal] { $asker } souhaite garder son accès à vos données
   *[ask] { $asker } souhaite accéder à vos données
}
decide-lead = { $kind ->
    [renewal] { $asker } peut { do-with } { $things } et souhaite garder cet accès. Sans votre accord, il prend fin comme prévu.
   *[ask] { $asker } souhaite { do-with } { $things }. Rien n’est partagé sans votre accord.
}
decide-button = Examiner la demande
decide-click = Vous devrez peut-être vous connecter. Ouvrir la page ne partage rien.
decide-undo = Vous pourrez arrêter le partage à tout moment.
decide-why = { $kind ->
    [renewal] Vous recevez cet e-mail car { $asker } a accès à vos données et demande à garder cet accès. Si vous ne faites rien, l’accès prend fin comme prévu. Ne transférez pas cet e-mail : le lien est personnel.
   *[ask] Vous recevez cet e-mail car { $asker } demande l’accès à vos données. Si vous ne faites rien, la demande expire et rien n’est partagé. Ne transférez pas cet e-mail : le lien est personnel.
}

invite-name = Proposition
invite-purpose = À la personne qui décide : quelqu’un propose un accès.
invite-subject = { $asker } vous invite à { do-with } { $things } (réponse d’ici au { $answer_day })
invite-preheader = Rien ne change si vous n’acceptez pas.
invite-heading = { $asker } vous propose un accès
invite-lead = { $asker } vous invite à { do-with } { $things }. Vous pouvez accepter ou refuser.
invite-button = Examiner la proposition
invite-why = Vous recevez cet e-mail car { $asker } vous propose un accès. Si vous ne faites rien, la proposition expire. Ne transférez pas cet e-mail : le lien est personnel.

reminder-name = Rappel
reminder-purpose = À la personne qui décide : une demande ou une proposition attend toujours une réponse.
reminder-subject = { $kind ->
    [invite] Rappel : { $asker } vous invite à { do-with } { $things } (réponse d’ici au { $answer_day })
    [renewal] Rappel : { $asker } souhaite continuer à { do-with } { $things } (réponse d’ici au { $answer_day })
   *[ask] Rappel : { $asker } souhaite { do-with } { $things } (réponse d’ici au { $answer_day })
}
reminder-preheader = Vous pouvez répondre jusqu’au { $answer_day }.
reminder-heading = { $asker } attend votre réponse
reminder-lead = { $kind ->
    [invite] { $asker } vous invite à { do-with } { $things }. Vous n’avez pas encore répondu.
    [renewal] { $asker } peut { do-with } { $things } et souhaite garder cet accès. Vous n’avez pas encore répondu.
   *[ask] { $asker } souhaite { do-with } { $things }. Vous n’avez pas encore répondu.
}
reminder-button = { $kind ->
    [invite] Examiner la proposition
   *[ask] Examiner la demande
}
reminder-why = Vous recevez cet e-mail car vous n’avez pas répondu à notre e-mail précédent. Si vous ne faites rien, rien de nouveau n’est partagé. Ne transférez pas cet e-mail : le lien est personnel.

fresh-link-name = Nouveau lien
fresh-link-purpose = À la personne qui décide : le nouveau lien qu’elle a demandé.
fresh-link-subject = Votre nouveau lien : { $kind ->
    [invite] { $asker } vous invite à { do-with } { $things }
    [renewal] { $asker } souhaite continuer à { do-with } { $things }
   *[ask] { $asker } souhaite { do-with } { $things }
}
fresh-link-preheader = Il ouvre la même page que votre lien précédent.
fresh-link-heading = Votre nouveau lien
fresh-link-lead = { $kind ->
    [invite] { $asker } vous invite à { do-with } { $things }. Utilisez ce lien pour répondre.
    [renewal] { $asker } peut { do-with } { $things } et souhaite garder cet accès. Utilisez ce lien pour répondre.
   *[ask] { $asker } souhaite { do-with } { $things }. Utilisez ce lien pour répondre.
}
fresh-link-button = { $kind ->
    [invite] Examiner la proposition
   *[ask] Examiner la demande
}
fresh-link-why = Vous recevez cet e-mail car quelqu’un, sans doute vous, nous a demandé un nouveau lien. Si ce n’est pas vous, ignorez cet e-mail : rien de nouveau n’est partagé. Ne transférez pas cet e-mail : le lien est personnel.

receipt-name = Demande envoyée
receipt-purpose = À la personne qui demande : la demande est envoyée.
receipt-subject = { $kind ->
    [invite] Proposition envoyée à { $decider } : { do-with } { $things }
    [renewal] Demande envoyée à { $decider } : continuer à { do-with } { $things }
   *[ask] Demande envoyée à { $decider } : { do-with } { $things }
}
receipt-preheader = Nous vous préviendrons par e-mail dès qu’il y aura une réponse.
receipt-heading = { $kind ->
    [invite] Votre proposition est envoyée
   *[ask] Votre demande est envoyée
}
receipt-lead = { $kind ->
    [invite] Nous avons invité { $decider } à { do-with } { $things }.
    [renewal] Nous avons demandé à { $decider } de vous laisser continuer à { do-with } { $things }.
   *[ask] Nous avons demandé à { $decider } de vous autoriser à { do-with } { $things }.
}
receipt-note = { $kind ->
    [renewal] Nous vous préviendrons par e-mail dès qu’il y aura une réponse. D’ici là, la date de fin de votre accès ne change pas.
   *[ask] Nous vous préviendrons par e-mail dès qu’il y aura une réponse. Rien n’est partagé d’ici là.
}
receipt-button = { $kind ->
    [invite] Voir votre proposition
   *[ask] Voir votre demande
}
receipt-click = { $kind ->
    [invite] Vous devrez peut-être vous connecter. Sur la page, vous pourrez aussi retirer votre proposition.
   *[ask] Vous devrez peut-être vous connecter. Sur la page, vous pourrez aussi retirer votre demande.
}
receipt-why = { $kind ->
    [invite] Vous recevez cet e-mail car cette proposition a été faite en votre nom. Vous n’avez rien à faire.
   *[ask] Vous recevez cet e-mail car cette demande a été faite en votre nom. Vous n’avez rien à faire.
}

approved-name = Demande approuvée
approved-purpose = À la personne qui demande : la demande est approuvée.
approved-subject = { $kind ->
    [invite] { $decider } a accepté votre proposition et peut désormais { do-with } { $things }
    [renewal] { $decider } a approuvé votre demande : vous pouvez continuer à { do-with } { $things }
   *[ask] { $decider } a approuvé votre demande : vous pouvez { do-with } { $things }
}
approved-preheader = { $kind ->
    [invite] Cette personne a accès { $how_long }.
   *[ask] Vous avez accès { $how_long }.
}
approved-heading = { $kind ->
    [invite] Votre proposition a été acceptée
    [renewal] Vous gardez votre accès
   *[ask] Votre demande a été approuvée
}
approved-lead = { $kind ->
    [invite] { $decider } a accepté votre proposition et peut désormais { do-with } { $things }.
    [renewal] { $decider } a approuvé votre demande. Vous pouvez continuer à { do-with } { $things }.
   *[ask] { $decider } a approuvé votre demande. Vous pouvez désormais { do-with } { $things }.
}
approved-button = { $kind ->
    [invite] Voir qui a accès
   *[ask] Voir votre accès
}

approved-less-name = Demande approuvée avec des limites
approved-less-purpose = À la personne qui demande : la demande est approuvée avec des limites.
approved-less-subject = { $kind ->
    [invite] { $decider } a accepté une partie de votre proposition et peut désormais { do-with } { $things }
   *[ask] { $decider } a approuvé votre demande avec des limites : vous pouvez { do-with } { $things }
}
approved-less-preheader = { $kind ->
    [invite] Cette personne a accès { $how_long }.
   *[ask] Vous avez accès { $how_long }.
}
approved-less-heading = { $kind ->
    [invite] Votre proposition a été acceptée en partie
   *[ask] Votre demande a été approuvée avec des limites
}
approved-less-lead = { $kind ->
    [invite] { $decider } a accepté une partie de votre proposition et peut désormais { do-with } { $things }.
   *[ask] { $decider } a approuvé une partie de votre demande. Vous pouvez désormais { do-with } { $things }.
}

declined-name = Demande refusée
declined-purpose = À la personne qui demande : la demande est refusée.
declined-subject = { $kind ->
    [invite] { $decider } a refusé votre proposition : { do-with } { $things }
    [renewal] { $decider } a refusé votre demande : continuer à { do-with } { $things }
   *[ask] { $decider } a refusé votre demande : { do-with } { $things }
}
declined-preheader = { $kind ->
    [renewal] Votre accès prend fin comme prévu.
   *[ask] Rien n’a été partagé.
}
declined-heading = { $kind ->
    [invite] Votre proposition a été refusée
   *[ask] Votre demande a été refusée
}
declined-lead = { $kind ->
    [invite] Vous avez invité { $decider } à { do-with } { $things }. Cette personne a refusé : rien n’a été partagé.
    [renewal] Vous avez demandé à { $decider } de vous laisser continuer à { do-with } { $things }. Cette personne a refusé : votre accès prend fin comme prévu.
   *[ask] Vous avez demandé à { $decider } de vous autoriser à { do-with } { $things }. Cette personne a refusé : rien n’a été partagé.
}
declined-again = { $kind ->
    [invite] Vous pourrez refaire cette proposition à partir du { $again }.
   *[ask] Vous pourrez refaire cette demande à partir du { $again }.
}

withdrawn-name = Plus besoin de répondre
withdrawn-purpose = À la personne qui décide : il n’y a plus besoin de répondre.
withdrawn-subject = { $kind ->
    [invite] Vous n’avez plus à répondre : { $asker } a retiré sa proposition concernant { $things }
    [cancelled] Vous n’avez plus à répondre : annulation concernant { $asker } et { $things }
   *[ask] Vous n’avez plus à répondre : { $asker } a retiré sa demande concernant { $things }
}
withdrawn-preheader = Vous n’avez rien à faire.
withdrawn-heading = Vous n’avez plus à répondre
withdrawn-lead = { $kind ->
    [invite] { $asker } vous invitait à { do-with } { $things } et a retiré sa proposition.
    [cancelled] Nous vous avions écrit concernant { $asker } et { $things }. Cette démarche a été annulée. Vous n’avez plus rien à décider.
    [renewal] { $asker } souhaitait continuer à { do-with } { $things } et a retiré sa demande.
   *[ask] { $asker } souhaitait { do-with } { $things } et a retiré sa demande.
}
withdrawn-note = Le lien de notre e-mail précédent montre maintenant ce qui s’est passé.
withdrawn-why = { $kind ->
    [invite] Vous recevez cet e-mail car nous vous avons déjà écrit au sujet de cette proposition. Vous n’avez rien à faire.
   *[ask] Vous recevez cet e-mail car nous vous avons déjà écrit au sujet de cette demande. Vous n’avez rien à faire.
}

expired-name = Demande expirée
expired-purpose = À la personne qui demande : il n’y a pas eu de réponse à temps.
expired-subject = { $kind ->
    [invite] Votre proposition à { $decider } concernant { $things } a expiré sans réponse
   *[ask] Votre demande à { $decider } concernant { $things } a expiré sans réponse
}
expired-preheader = { $kind ->
    [renewal] Votre accès prend fin comme prévu.
   *[ask] Rien n’a été partagé.
}
expired-heading = { $kind ->
    [invite] Votre proposition a expiré
   *[ask] Votre demande a expiré
}
expired-lead = { $kind ->
    [invite] Vous avez invité { $decider } à { do-with } { $things }. Cette personne n’a pas répondu avant le { $answer_by } : rien n’a été partagé.
    [renewal] Vous avez demandé à { $decider } de vous laisser continuer à { do-with } { $things }. Cette personne n’a pas répondu avant le { $answer_by } : votre accès prend fin comme prévu.
   *[ask] Vous avez demandé à { $decider } de vous autoriser à { do-with } { $things }. Cette personne n’a pas répondu avant le { $answer_by } : rien n’a été partagé.
}
expired-note = { $kind ->
    [invite] Vous pouvez refaire cette proposition.
   *[ask] Si vous avez encore besoin de cet accès, vous pouvez envoyer une nouvelle demande.
}
expired-button = { $kind ->
    [invite] Voir vos propositions
   *[ask] Voir vos demandes
}

cancelled-name = Demande annulée
cancelled-purpose = À la personne qui demande : la demande ne peut plus être examinée.
cancelled-subject = { $kind ->
    [invite] Votre proposition à { $decider } concernant { $things } a été annulée
   *[ask] Votre demande à { $decider } concernant { $things } a été annulée
}
cancelled-preheader = { $kind ->
    [invite] La proposition est close. Vous n’avez rien à faire.
   *[ask] La demande est close. Vous n’avez rien à faire.
}
cancelled-heading = { $kind ->
    [invite] Votre proposition a été annulée
   *[ask] Votre demande a été annulée
}
cancelled-lead = { $kind ->
    [invite] Vous avez invité { $decider } à { do-with } { $things }. { cancelled-reason }
    [renewal] Vous avez demandé à { $decider } de vous laisser continuer à { do-with } { $things }. { cancelled-reason }
   *[ask] Vous avez demandé à { $decider } de vous autoriser à { do-with } { $things }. { cancelled-reason }
}
cancelled-reason = { $why ->
    [thing_gone] Ces données ont été supprimées : il n’y a plus rien à décider.
    [decider_gone] Son compte a été supprimé : cette personne ne peut plus répondre.
    [app_gone] L’application utilisée n’a plus le droit d’envoyer des demandes.
    [own] Ces données vous appartiennent maintenant : vous n’avez besoin d’aucun accord.
    [not_yours] Ces données ne vous appartiennent plus : vous ne pouvez pas les proposer.
   *[removed] L’annulation vient d’une personne qui administre ce service.
}

another-decides-name = Changement de propriétaire
another-decides-purpose = À la personne qui décidait : les données appartiennent maintenant à une autre personne.
another-decides-subject = Vous n’avez plus à répondre : une autre personne décide maintenant pour { $things }
another-decides-preheader = Vous n’avez rien à faire.
another-decides-heading = Une autre personne décide maintenant
another-decides-lead = { $kind ->
    [renewal] { $asker } souhaite continuer à { do-with } { $things }. Ces données appartiennent maintenant à une autre personne, qui décidera.
   *[ask] { $asker } souhaite { do-with } { $things }. Ces données appartiennent maintenant à une autre personne, qui décidera.
}
another-decides-note = Le lien de notre e-mail précédent montre maintenant ce qui s’est passé.
another-decides-why = Vous recevez cet e-mail car nous vous avons déjà écrit au sujet de cette demande. Vous n’avez rien à faire.

sign-in-code-name = Code de connexion
sign-in-code-purpose = À la personne qui se connecte : le code.
sign-in-code-subject = Votre code de connexion à { $instance }
sign-in-code-preheader = Il est valable { $length } et ne sert qu’une fois.
sign-in-code-heading = Votre code de connexion
sign-in-code-lead = Saisissez ce code sur la page où vous l’avez demandé :
sign-in-code-note = Ce code est valable { $length } et ne sert qu’une fois. Ne le donnez à personne. Nous ne vous le demanderons jamais.
sign-in-code-why = Vous recevez cet e-mail car quelqu’un, sans doute vous, se connecte avec votre adresse. Si ce n’est pas vous, ignorez cet e-mail : sans ce code, personne ne peut se connecter.

sign-in-warning-name = Alerte de connexion
sign-in-warning-purpose = À la personne dont quelqu’un essaie de deviner le mot de passe, après 100 échecs de suite.
sign-in-warning-subject = Quelqu’un essaie de deviner votre mot de passe pour { $instance }
sign-in-warning-preheader = Ces tentatives ont échoué. Votre compte n’est pas bloqué.
sign-in-warning-heading = Quelqu’un essaie de deviner votre mot de passe
sign-in-warning-lead = Au moins 100 mots de passe ou codes de connexion erronés ont été saisis de suite pour votre compte. Aucun n’a fonctionné. Votre compte n’est pas bloqué et vous pouvez vous connecter comme d’habitude.
sign-in-warning-button = Voir vos connexions actives
sign-in-warning-note = Si votre mot de passe est facile à deviner, ou si vous l’utilisez ailleurs, demandez-en un nouveau à une personne qui administre ce service. Tant que les tentatives continuent, la connexion avec votre mot de passe depuis un nouveau réseau peut prendre jusqu’à 5 secondes de plus.
sign-in-warning-why = Vous recevez cet e-mail car quelqu’un essaie d’accéder à votre compte. Vous n’avez rien à faire. Tant que les tentatives continuent, nous vous écrivons au plus une fois par semaine.

browser-remembered-name = Navigateur mémorisé
browser-remembered-purpose = À une personne : un de ses navigateurs est maintenant mémorisé.
browser-remembered-subject = Un navigateur est maintenant mémorisé pour votre compte { $instance }
browser-remembered-preheader = Si ce n’était pas vous, retirez-le maintenant.
browser-remembered-heading = Un de vos navigateurs est maintenant mémorisé
browser-remembered-lead = Pendant { $length }, vous pouvez répondre aux demandes dans ce navigateur sans code. Vous devez toujours vous connecter.
browser-remembered-button = Voir vos navigateurs
browser-remembered-note = Si ce n’était pas vous, retirez le navigateur et déconnectez tous les autres navigateurs sur cette page.
browser-remembered-why = Vous recevez cet e-mail car il concerne la sécurité de votre compte. Vous n’avez rien à faire si c’était votre choix.

account-changed-name = Compte modifié
account-changed-purpose = À une personne dont quelqu’un d’autre a modifié l’adresse, le nom d’utilisateur, le mot de passe ou le compte chez un fournisseur : à l’ancienne et à la nouvelle adresse.
account-changed-subject = Votre compte { $instance } a été modifié
account-changed-preheader = Si vous ne l’attendiez pas, ne confirmez pas.
account-changed-heading = Votre compte a été modifié
account-changed-lead = { $what ->
    [address] Quelqu’un d’autre a modifié l’adresse e-mail de votre compte.
    [username] Quelqu’un d’autre a modifié le nom d’utilisateur de votre compte.
    [password] Quelqu’un d’autre a défini un nouveau mot de passe pour votre compte.
   *[provider] Un compte d’un service de connexion a été lié à votre compte.
} Nous avons déconnecté tous vos navigateurs. Ce compte ne peut pas répondre à des demandes jusqu’au { $until }.
account-changed-button = Examiner le changement
account-changed-note = Si vous l’attendiez, confirmez-le et vous pourrez de nouveau répondre aux demandes. Sinon, ne le confirmez pas et contactez les responsables de { $instance }.
account-changed-note-elsewhere = Nous avons envoyé un lien de confirmation à l’adresse précédente du compte. Si vous n’attendiez pas ce changement, contactez les responsables de { $instance }.
account-changed-why = Vous recevez cet e-mail car votre compte a été modifié. Si vous ne faites rien, le compte pourra de nouveau répondre aux demandes après 7 jours.

undeliverable-name = E-mail non remis
undeliverable-purpose = À la personne qui demande : notre e-mail n’a pas pu être remis.
undeliverable-subject = Non remis : notre e-mail à { $decider } concernant { $things }
undeliverable-preheader = { $kind ->
    [invite] Cette personne n’a pas vu votre proposition.
   *[ask] Cette personne n’a pas vu votre demande.
}
undeliverable-heading = Notre e-mail n’a pas pu être remis
undeliverable-lead = { $kind ->
    [invite] Vous avez invité { $decider } à { do-with } { $things }. Notre e-mail n’a pas pu être remis : cette personne n’a pas vu votre proposition.
    [renewal] Vous avez demandé à { $decider } de vous laisser continuer à { do-with } { $things }. Notre e-mail n’a pas pu être remis : cette personne n’a pas vu votre demande.
   *[ask] Vous avez demandé à { $decider } de vous autoriser à { do-with } { $things }. Notre e-mail n’a pas pu être remis : cette personne n’a pas vu votre demande.
}
undeliverable-happened = { $why ->
    [no_mailbox] Cette adresse e-mail n’existe pas
    [refused] Le serveur de messagerie a refusé notre e-mail
   *[no_answer] Le serveur de messagerie n’a pas accepté notre e-mail, malgré de nombreuses tentatives
}
undeliverable-next = { $why ->
    [no_mailbox] Contactez cette personne par un autre moyen pour vérifier son adresse. Puis réessayez.
    [refused] Contactez cette personne par un autre moyen, pour qu’elle contacte son fournisseur de messagerie. Puis réessayez.
   *[no_answer] Contactez cette personne par un autre moyen, ou réessayez plus tard.
}

shared-name = Partage
shared-purpose = À la personne qui reçoit un accès : quelqu’un partage des données avec elle.
shared-subject = Partage : { $from } vous autorise à { do-with } { $things }
shared-preheader = Vous avez accès { $how_long }.
shared-heading = { $from } partage { $things } avec vous
shared-lead = { $from } vous autorise à { do-with } { $things }.
shared-button = Voir votre accès
shared-why = Vous recevez cet e-mail car { $from } vous a donné cet accès. Vous n’avez rien à faire.

# $renewal: `offered` (the reader can ask to keep it), `asked` (they did) or `none`.
ends-soon-name = Fin d’accès prochaine
ends-soon-purpose = À la personne qui a un accès : il prend bientôt fin.
ends-soon-subject = Votre accès prend fin le { $end_day } : { $things }
ends-soon-preheader = { $renewal ->
    [offered] Si vous en avez encore besoin, vous pouvez demander à le garder.
    [asked] Vous avez demandé à le garder. Il n’y a pas encore de réponse.
   *[none] Si vous en avez encore besoin, demandez à { $from } de le prolonger.
}
ends-soon-heading = Votre accès prend bientôt fin
ends-soon-lead = Vous pouvez { do-with } { $things } jusqu’au { $ends }.
ends-soon-note = { $renewal ->
    [offered] Si vous en avez encore besoin, vous pouvez demander à le garder pour la même durée. Nous écrirons à la personne qui décide.
    [asked] Vous avez demandé à le garder. Nous vous préviendrons par e-mail dès qu’il y aura une réponse.
   *[none] Si vous en avez encore besoin, demandez à { $from } de le prolonger.
}
ends-soon-button = { $renewal ->
    [offered] Demander à garder l’accès
   *[none] Voir votre accès
}
ends-soon-why = Vous recevez cet e-mail car vous avez cet accès. Si vous ne faites rien, il prend fin comme prévu.

renew-click = { $renewal ->
    [offered] Vous devrez peut-être vous connecter. Ouvrir la page n’envoie aucune demande.
   *[none] Vous devrez peut-être vous connecter. Ouvrir la page ne change rien.
}

ended-name = Fin d’accès
ended-purpose = À la personne dont l’accès a pris fin comme prévu.
ended-subject = Votre accès a pris fin : { $things }
ended-preheader = { $renewal ->
    [offered] Vous avez jusqu’au { $ask_until } pour le redemander.
    [asked] Vous avez demandé à le garder. Il n’y a pas encore de réponse.
   *[none] Il a pris fin comme prévu.
}
ended-heading = Votre accès a pris fin
ended-lead = Vous pouviez { do-with } { $things }. Cet accès a pris fin comme prévu.
ended-note = { $renewal ->
    [offered] Vous avez jusqu’au { $ask_until } pour le redemander. Si votre demande est approuvée, vous retrouverez le même accès.
    [asked] Vous avez demandé à le garder. Il n’y a pas encore de réponse. Si votre demande est approuvée, vous retrouverez le même accès.
   *[none] Si vous en avez encore besoin, demandez à { $from } de vous le redonner.
}
ended-button = { $renewal ->
    [offered] Redemander l’accès
   *[none] Ouvrir votre boîte de réception
}
ended-why = Vous recevez cet e-mail car vous aviez cet accès. Si vous ne faites rien, il ne sera pas rétabli.

# $by: `giver`, or `other`.
revoked-name = Accès retiré
revoked-purpose = À la personne dont l’accès a été retiré.
revoked-subject = { $by ->
    [giver] { $from } a arrêté le partage avec vous : { $things }
   *[other] Votre accès a été retiré : { $things }
}
revoked-preheader = Vous n’avez plus cet accès.
revoked-heading = Votre accès a été retiré
revoked-lead = { $by ->
    [giver] Vous pouviez { do-with } { $things }. { $from } a arrêté ce partage.
   *[other] Vous pouviez { do-with } { $things }. Cet accès a été retiré.
}
revoked-note = Si vous pensez qu’il s’agit d’une erreur, contactez { $from }.
revoked-why = Vous recevez cet e-mail car vous aviez cet accès. Vous n’avez rien à faire.

summary-name = Résumé du jour
summary-purpose = Aux personnes qui administrent le service : ce qui demande leur attention.
summary-subject = { $instance }, le { $day } : ce qui demande votre attention
summary-preheader = Demandes en attente, e-mails non remis et accès qui prennent bientôt fin.
summary-heading = Ce qui demande votre attention
summary-lead = Voici votre résumé du { $day }. Nous n’en envoyons pas les jours où rien ne demande votre attention.
summary-button = Ouvrir la vue d’ensemble
summary-why = Vous recevez cet e-mail car vous administrez ce service. Vous n’avez rien à faire dans l’immédiat.
