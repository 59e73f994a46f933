# Chaque lettre : objet, aperçu, titre, première phrase, bouton, ce que fait le bouton, pourquoi elle arrive. Vouvoiement.

hello = Bonjour { $reader },
hello-nameless = Bonjour,
link-plain = Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :
sent-to = Ce message a été envoyé à { $address } par { $instance }. Nous ne demandons jamais votre mot de passe par e-mail.
own-words = Ces mots sont les siens ; nous ne faisons que les transmettre.
asking-quote = { $asker } écrit :
decider-quote = { $decider } écrit :
answer-click = La page vous demandera peut-être de vous connecter. Rien ne se passe tant que vous n’y appuyez pas sur un bouton.
look-click = La page vous demandera peut-être de vous connecter. L’ouvrir ne change rien.
asked-why = { $kind ->
    [invite] Vous recevez ce message car vous avez fait cette proposition. Vous n’avez rien à faire.
   *[ask] Vous recevez ce message car vous avez demandé cet accès. Vous n’avez rien à faire.
}
asked-open-why = { $kind ->
    [invite] Vous recevez ce message car vous avez fait cette proposition. Si vous ne faites rien, personne n’obtient d’accès.
    [renewal] Vous recevez ce message car vous avez demandé à garder cet accès. Si vous ne faites rien, il prend fin à son terme.
   *[ask] Vous recevez ce message car vous avez demandé cet accès. Si vous ne faites rien, personne n’obtient d’accès.
}

decide-name = Demande de décision
decide-purpose = À qui décide : quelqu’un demande un accès.
decide-subject = { $kind ->
    [renewal] { $asker } souhaite garder { access-to } { $things } : répondre avant le { $answer_day }
   *[ask] { $asker } demande { access-to } { $things } : répondre avant le { $answer_day }
}
decide-preheader = Accès { $how_long }. Personne n’obtient rien sans votre accord.
decide-heading = { $kind ->
    [renewal] { $asker } souhaite garder son accès
   *[ask] { $asker } demande un accès
}
decide-lead = { $kind ->
    [renewal] { $asker } peut { do-with } { $things } et souhaite garder cet accès. Personne d’autre que vous ne peut l’accorder.
   *[ask] { $asker } souhaite { do-with } { $things }. Personne d’autre que vous ne peut l’accorder.
}
decide-button = Voir et décider
decide-click = La page vous demandera peut-être de vous connecter. Rien ne se passe tant que vous n’y appuyez pas sur un bouton : accepter, accorder moins, ou refuser.
decide-undo = Si vous acceptez, vous pourrez retirer l’accès à tout moment.
decide-why = { $kind ->
    [renewal] Vous recevez ce message car { $asker } a accès à quelque chose qui vous appartient et souhaite le garder. Si vous ne faites rien, l’accès prend fin à son terme. Le lien n’est que pour vous : merci de ne pas transférer ce message.
   *[ask] Vous recevez ce message car { $asker } a demandé l’accès à quelque chose qui vous appartient. Si vous ne faites rien, personne n’obtient d’accès et la demande prend fin toute seule. Le lien n’est que pour vous : merci de ne pas transférer ce message.
}

invite-name = Proposition
invite-purpose = À qui décide : quelqu’un offre un accès.
invite-subject = { $asker } vous propose { access-to } { $things } : répondre avant le { $answer_day }
invite-preheader = Accès { $how_long }. Rien ne change tant que vous n’acceptez pas.
invite-heading = { $asker } vous propose un accès
invite-lead = { $asker } vous propose de pouvoir { do-with } { $things }. À vous de décider.
invite-button = Voir et répondre
invite-why = Vous recevez ce message car { $asker } vous a proposé un accès. Si vous ne faites rien, personne n’obtient d’accès et la proposition prend fin toute seule. Le lien n’est que pour vous : merci de ne pas transférer ce message.

reminder-name = Rappel
reminder-purpose = À qui décide : cela attend toujours.
reminder-subject = { $kind ->
    [invite] Rappel : { $asker } vous propose { access-to } { $things }, avant le { $answer_day }
    [renewal] Rappel : { $asker } souhaite garder { access-to } { $things }, avant le { $answer_day }
   *[ask] Rappel : { $asker } demande { access-to } { $things }, avant le { $answer_day }
}
reminder-preheader = Votre réponse est encore attendue, avant le { $answer_day }.
reminder-heading = { $asker } attend encore votre réponse
reminder-lead = { $kind ->
    [invite] { $asker } vous propose de pouvoir { do-with } { $things }. Vous n’avez pas encore répondu.
    [renewal] { $asker } peut { do-with } { $things } et souhaite garder cet accès. Vous n’avez pas encore répondu.
   *[ask] { $asker } souhaite { do-with } { $things }. Vous n’avez pas encore répondu.
}
reminder-button = Voir et répondre
reminder-why = Vous recevez ce message car nous vous avons déjà écrit à ce sujet et personne n’a répondu. Si vous ne faites rien, cela prend fin tout seul et personne n’obtient rien. Le lien n’est que pour vous : merci de ne pas transférer ce message.

fresh-link-name = Nouveau lien
fresh-link-purpose = À qui décide : le nouveau lien qui a été demandé.
fresh-link-subject = Votre nouveau lien : { $kind ->
    [invite] { $asker } vous propose { access-to } { $things }
    [renewal] { $asker } souhaite garder { access-to } { $things }
   *[ask] { $asker } demande { access-to } { $things }
}
fresh-link-preheader = Il mène à la même demande que le précédent.
fresh-link-heading = Voici votre nouveau lien
fresh-link-lead = { $kind ->
    [invite] { $asker } vous propose de pouvoir { do-with } { $things }. Ce lien vous permet de répondre.
    [renewal] { $asker } peut { do-with } { $things } et souhaite garder cet accès. Ce lien vous permet de répondre.
   *[ask] { $asker } souhaite { do-with } { $things }. Ce lien vous permet de répondre.
}
fresh-link-button = Voir et répondre
fresh-link-why = Vous recevez ce message car quelqu’un, sans doute vous, nous a demandé un nouveau lien. Si ce n’était pas vous, ignorez ce message : rien ne se passe tant que vous ne répondez pas. Le lien n’est que pour vous : merci de ne pas transférer ce message.

receipt-name = En route
receipt-purpose = À qui a demandé : la demande est en route.
receipt-subject = { $kind ->
    [invite] En route : vous proposez à { $decider } { access-to } { $things }
    [renewal] En route : vous demandez à { $decider } de garder { access-to } { $things }
   *[ask] En route : vous demandez à { $decider } { access-to } { $things }
}
receipt-preheader = Nous vous écrirons dès qu’il y aura une réponse.
receipt-heading = { $kind ->
    [invite] Votre proposition est en route
   *[ask] Votre demande est en route
}
receipt-lead = { $kind ->
    [invite] Nous transmettons votre proposition à { $decider } : pouvoir { do-with } { $things }.
    [renewal] Nous demandons à { $decider } de vous laisser votre accès : pouvoir { do-with } { $things }.
   *[ask] Nous demandons à { $decider } de vous laisser { do-with } { $things }.
}
receipt-note = { $kind ->
    [renewal] Nous vous écrirons dès qu’il y aura une réponse. D’ici là, votre accès prend fin à son terme.
   *[ask] Nous vous écrirons dès qu’il y aura une réponse. D’ici là, rien n’est partagé.
}
receipt-button = { $kind ->
    [invite] Voir votre proposition
   *[ask] Voir votre demande
}
receipt-click = La page vous demandera peut-être de vous connecter. Tant qu’il n’y a pas de réponse, vous pourrez aussi y retirer votre demande.
receipt-why = { $kind ->
    [invite] Vous recevez ce message car cette proposition a été faite en votre nom. Vous n’avez rien à faire.
   *[ask] Vous recevez ce message car cette demande a été faite en votre nom. Vous n’avez rien à faire.
}

approved-name = Oui
approved-purpose = À qui a demandé : oui.
approved-subject = { $kind ->
    [invite] { $decider } a accepté : { access-to } { $things }
    [renewal] { $decider } a accepté : vous gardez { access-to } { $things }
   *[ask] { $decider } a accepté : vous obtenez { access-to } { $things }
}
approved-preheader = Accès { $how_long }.
approved-heading = { $kind ->
    [invite] Votre proposition a été acceptée
    [renewal] Vous gardez votre accès
   *[ask] Vous avez désormais accès
}
approved-lead = { $kind ->
    [invite] { $decider } a accepté votre proposition et peut désormais { do-with } { $things }.
    [renewal] { $decider } a accepté : vous pouvez continuer à { do-with } { $things }.
   *[ask] { $decider } a accepté : vous pouvez désormais { do-with } { $things }.
}
approved-button = { $kind ->
    [invite] Voir ce que vous avez accordé
   *[ask] Voir votre accès
}

approved-less-name = Oui, pour moins
approved-less-purpose = À qui a demandé : oui, mais pour moins.
approved-less-subject = { $kind ->
    [invite] { $decider } a accepté moins : { access-to } { $things }
   *[ask] { $decider } a accordé moins : vous obtenez { access-to } { $things }
}
approved-less-preheader = Accès { $how_long } : moins que demandé.
approved-less-heading = { $kind ->
    [invite] Votre proposition a été acceptée en partie
   *[ask] Vous avez une partie de ce que vous demandiez
}
approved-less-lead = { $kind ->
    [invite] { $decider } a accepté moins que votre proposition et peut désormais { do-with } { $things }.
   *[ask] { $decider } a accordé moins que votre demande : vous pouvez désormais { do-with } { $things }.
}

declined-name = Non
declined-purpose = À qui a demandé : non.
declined-subject = { $kind ->
    [invite] { $decider } a refusé votre proposition : { access-to } { $things }
    [renewal] { $decider } a refusé : vous ne gardez pas { access-to } { $things }
   *[ask] { $decider } a refusé { access-to } { $things }
}
declined-preheader = { $kind ->
    [renewal] Votre accès prend fin à son terme.
   *[ask] Rien n’a été partagé.
}
declined-heading = { $kind ->
    [invite] { $decider } a refusé
   *[ask] { $decider } a refusé
}
declined-lead = { $kind ->
    [invite] { $decider } ne souhaite pas { do-with } { $things }. Rien n’a été partagé.
    [renewal] Vous avez demandé à garder votre accès, pour { do-with } { $things }, et { $decider } a refusé. Il prend fin à son terme.
   *[ask] Vous avez demandé à { do-with } { $things }, et { $decider } a refusé. Rien n’a été partagé.
}
declined-again = { $kind ->
    [invite] Vous pourrez le proposer à nouveau à partir du { $again }.
   *[ask] Vous pourrez demander à nouveau à partir du { $again }.
}

withdrawn-name = Plus de réponse attendue
withdrawn-purpose = À qui devait décider : plus aucune réponse n’est nécessaire.
withdrawn-subject = { $kind ->
    [invite] Aucune réponse nécessaire : { $asker } ne propose plus { $things }
    [cancelled] Aucune réponse nécessaire : { $asker } ne peut plus obtenir { $things }
   *[ask] Aucune réponse nécessaire : { $asker } ne demande plus { $things }
}
withdrawn-preheader = Vous n’avez plus rien à faire.
withdrawn-heading = Aucune réponse nécessaire
withdrawn-lead = { $kind ->
    [invite] { $asker } a retiré sa proposition de vous laisser { do-with } { $things }.
    [cancelled] Ce que nous vous avons écrit au sujet d’une demande est réglé ({ $asker }, { $things }) : il n’y a plus rien à décider.
    [renewal] { $asker } ne demande plus à garder son accès, pour { do-with } { $things }.
   *[ask] { $asker } ne demande plus à { do-with } { $things }.
}
withdrawn-note = Le lien de notre message précédent ne donne plus aucun accès. Il montre maintenant que tout est réglé.
withdrawn-why = { $kind ->
    [invite] Vous recevez ce message car nous vous avons écrit au sujet de cette proposition. Si vous ne faites rien, personne n’obtient d’accès.
   *[ask] Vous recevez ce message car nous vous avons écrit au sujet de cette demande. Si vous ne faites rien, personne n’obtient d’accès.
}

expired-name = Sans réponse
expired-purpose = À qui a demandé : personne n’a répondu à temps.
expired-subject = { $kind ->
    [invite] { $decider } n’a pas répondu : votre proposition a pris fin ({ $things })
   *[ask] { $decider } n’a pas répondu : votre demande a pris fin ({ $things })
}
expired-preheader = { $kind ->
    [renewal] Votre accès prend fin à son terme.
   *[ask] Rien n’a été partagé.
}
expired-heading = Pas de réponse à temps
expired-lead = { $kind ->
    [invite] Vous avez proposé à { $decider } de pouvoir { do-with } { $things }. Aucune réponse n’est venue avant le { $answer_by } : la proposition a pris fin. Rien n’a été partagé.
    [renewal] Vous avez demandé à { $decider } de vous laisser votre accès, pour { do-with } { $things }. Aucune réponse n’est venue avant le { $answer_by } : la demande a pris fin.
   *[ask] Vous avez demandé à { $decider } de vous laisser { do-with } { $things }. Aucune réponse n’est venue avant le { $answer_by } : la demande a pris fin. Rien n’a été partagé.
}
expired-note = { $kind ->
    [invite] Si cela compte encore, vous pouvez refaire la proposition.
   *[ask] Si vous en avez encore besoin, vous pouvez demander à nouveau.
}
expired-button = { $kind ->
    [invite] Voir vos propositions
   *[ask] Voir vos demandes
}

cancelled-name = Annulée
cancelled-purpose = À qui a demandé : cela ne peut plus être décidé.
cancelled-subject = { $kind ->
    [invite] Annulée : votre proposition à { $decider } ({ $things })
   *[ask] Annulée : votre demande à { $decider } ({ $things })
}
cancelled-preheader = Il n’est plus possible d’en décider.
cancelled-heading = { $kind ->
    [invite] Votre proposition a été annulée
   *[ask] Votre demande a été annulée
}
cancelled-lead = { $kind ->
    [invite] Vous avez proposé à { $decider } de pouvoir { do-with } { $things }. { cancelled-reason }
    [renewal] Vous avez demandé à { $decider } de vous laisser votre accès, pour { do-with } { $things }. { cancelled-reason }
   *[ask] Vous avez demandé à { $decider } de vous laisser { do-with } { $things }. { cancelled-reason }
}
cancelled-reason = { $why ->
    [thing_gone] Cela n’existe plus : personne ne peut en décider.
    [decider_gone] Cette personne n’est plus ici : personne ne peut en décider.
    [app_gone] L’application qui a fait la demande n’en a plus le droit.
    [own] Cela vous appartient désormais : vous n’avez besoin de la permission de personne.
    [not_yours] Cela ne vous appartient plus : vous ne pouvez plus le proposer.
   *[removed] L’administration l’a annulée.
}

another-decides-name = Une autre personne décide
another-decides-purpose = À qui décidait jusqu’ici : quelqu’un d’autre décide.
another-decides-subject = Aucune réponse nécessaire : quelqu’un d’autre décide désormais ({ $things })
another-decides-preheader = Vous n’avez plus rien à faire.
another-decides-heading = Quelqu’un d’autre décide désormais
another-decides-lead = { $kind ->
    [renewal] { $asker } souhaite garder son accès, pour { do-with } { $things }. Cela appartient maintenant à quelqu’un d’autre, qui décide désormais.
   *[ask] { $asker } souhaite { do-with } { $things }. Cela appartient maintenant à quelqu’un d’autre, qui décide désormais.
}
another-decides-note = Le lien de notre message précédent ne décide plus rien. Il montre maintenant que la question est posée à quelqu’un d’autre.
another-decides-why = Vous recevez ce message car nous vous avons écrit au sujet de cette demande. Vous n’avez rien à faire.

sign-in-code-name = Code de connexion
sign-in-code-purpose = À qui se connecte : un code.
sign-in-code-subject = Votre code de connexion à { $instance }
sign-in-code-preheader = Il sert une seule fois, pendant { $length }.
sign-in-code-heading = Votre code de connexion
sign-in-code-lead = Saisissez ce code sur la page où vous l’avez demandé :
sign-in-code-note = Il sert une seule fois, pendant { $length }. Ne le donnez à personne, pas même à nous.
sign-in-code-why = Vous recevez ce message car quelqu’un, sans doute vous, se connecte avec votre adresse. Si ce n’était pas vous, ignorez ce message : sans le code, personne n’entre.

sign-in-warning-name = Alerte de connexion
sign-in-warning-purpose = À la personne dont on essaie de deviner le mot de passe, après cent essais erronés de suite.
sign-in-warning-subject = Quelqu’un essaie de deviner votre mot de passe pour { $instance }
sign-in-warning-preheader = Votre compte n’est pas bloqué, et personne ne s’est connecté ainsi.
sign-in-warning-heading = Mots de passe erronés pour votre compte
sign-in-warning-lead = Au moins cent mots de passe ou codes de connexion ont été essayés de suite pour votre compte. Aucun n’était le bon. Votre compte n’est pas bloqué, et vous pouvez vous connecter comme d’habitude.
sign-in-warning-button = Voir vos connexions
sign-in-warning-note = Depuis un réseau que vous n’avez pas utilisé récemment, la connexion par mot de passe peut prendre jusqu’à cinq secondes de plus tant que cela dure. Si vous utilisez ce mot de passe ailleurs ou s’il est facile à deviner, demandez-en un nouveau à l’administration.
sign-in-warning-why = Vous recevez ce message car il concerne la sécurité de votre compte. Vous n’avez rien à faire. Tant que les essais continuent, vous le recevez au plus une fois par semaine.

undeliverable-name = Lettre non remise
undeliverable-purpose = À qui a demandé : l’e-mail n’a pas pu être remis.
undeliverable-subject = Non remis : notre message à { $decider } ({ $things })
undeliverable-preheader = { $kind ->
    [invite] Votre proposition n’a pas encore été vue.
   *[ask] Votre demande n’a pas encore été vue.
}
undeliverable-heading = Notre message n’est pas arrivé
undeliverable-lead = { $kind ->
    [invite] Vous avez proposé à { $decider } de pouvoir { do-with } { $things }. Notre message à ce sujet n’a pas pu être remis : cette personne n’en sait rien.
    [renewal] Vous avez demandé à { $decider } de vous laisser votre accès, pour { do-with } { $things }. Notre message à ce sujet n’a pas pu être remis : cette personne n’en sait rien.
   *[ask] Vous avez demandé à { $decider } de vous laisser { do-with } { $things }. Notre message à ce sujet n’a pas pu être remis : cette personne n’en sait rien.
}
undeliverable-happened = { $why ->
    [no_mailbox] le serveur de messagerie dit que cette adresse n’existe pas
    [refused] le serveur de messagerie a refusé le message
   *[no_answer] le serveur de messagerie n’a pas pris le message, malgré de nombreux essais
}
undeliverable-next = { $why ->
    [no_mailbox] Vérifiez l’adresse avec cette personne, autrement que par e-mail. Puis réessayez.
    [refused] Prévenez cette personne autrement, pour qu’elle puisse se renseigner auprès de qui gère sa messagerie. Puis réessayez.
   *[no_answer] Prévenez cette personne autrement, ou réessayez plus tard.
}

shared-name = Partage
shared-purpose = À qui reçoit quelque chose : quelqu’un l’a partagé.
shared-subject = { $from } vous a donné { access-to } { $things }
shared-preheader = Accès { $how_long }. Vous n’avez rien à faire.
shared-heading = Quelque chose a été partagé avec vous
shared-lead = { $from } vous donne accès : vous pouvez { do-with } { $things }.
shared-button = Voir votre accès
shared-why = Vous recevez ce message car { $from } vous a donné cet accès. Vous n’avez rien à faire.

ends-soon-name = Accès bientôt terminé
ends-soon-purpose = À qui a un accès : il prend bientôt fin.
ends-soon-subject = Votre accès à { $things } prend fin le { $end_day }
ends-soon-preheader = { $renewal ->
    [offered] Si vous en avez encore besoin, demandez à { $from } de vous le laisser.
    [asked] Vous avez demandé à le garder. Il n’y a pas encore de réponse.
   *[none] Si vous en avez encore besoin, parlez-en à temps à { $from }.
}
ends-soon-heading = Votre accès prend bientôt fin
ends-soon-lead = Vous pouvez { do-with } { $things } jusqu’au { $ends }.
ends-soon-note = { $renewal ->
    [offered] Si vous avez encore besoin de cet accès, vous pouvez demander à le garder. Nous posons alors la question pour vous à qui en décide, pour la même durée qu’avant.
    [asked] Vous avez demandé à garder cet accès, et il n’y a pas encore de réponse. Nous vous écrirons dès qu’il y en aura une.
   *[none] Si vous en avez encore besoin, demandez à { $from } de le prolonger.
}
ends-soon-button = { $renewal ->
    [offered] Demander à le garder
   *[none] Voir votre accès
}
ends-soon-why = Vous recevez ce message car vous avez cet accès. Si vous ne faites rien, il prend fin tout seul.

renew-click = { $renewal ->
    [offered] La page vous demandera peut-être de vous connecter. Rien n’est demandé tant que vous n’y appuyez pas sur le bouton.
   *[none] La page vous demandera peut-être de vous connecter. L’ouvrir ne change rien.
}

ended-name = Accès terminé
ended-purpose = À qui avait un accès : son temps est écoulé.
ended-subject = Votre accès à { $things } a pris fin
ended-preheader = { $renewal ->
    [offered] Vous pouvez encore demander à le garder, jusqu’au { $ask_until }.
    [asked] Vous avez demandé à le garder. Il n’y a pas encore de réponse.
   *[none] Sa durée est écoulée.
}
ended-heading = Votre accès a pris fin
ended-lead = La durée pendant laquelle vous pouviez { do-with } { $things } est écoulée.
ended-note = { $renewal ->
    [offered] Vous pouvez encore demander à garder cet accès, jusqu’au { $ask_until }. Après un accord, tout redevient comme avant.
    [asked] Vous avez demandé à garder cet accès, et il n’y a pas encore de réponse. Après un accord, tout redevient comme avant.
   *[none] Si vous en avez encore besoin, demandez à { $from } de vous le redonner.
}
ended-button = { $renewal ->
    [offered] Demander à le garder
   *[none] Voir votre boîte
}
ended-why = Vous recevez ce message car vous aviez cet accès. Si vous ne faites rien, il reste terminé.

revoked-name = Accès retiré
revoked-purpose = À qui avait un accès : il a été repris.
revoked-subject = { $by ->
    [giver] { $from } a retiré votre accès à { $things }
   *[other] Votre accès à { $things } a été retiré
}
revoked-preheader = Il a pris fin aussitôt.
revoked-heading = Votre accès a été retiré
revoked-lead = { $by ->
    [giver] { $from } a retiré votre accès : vous ne pouvez plus { do-with } { $things }.
   *[other] Votre accès a été retiré : vous ne pouvez plus { do-with } { $things }.
}
revoked-note = Si vous pensez à une erreur, parlez-en à { $from }.
revoked-why = Vous recevez ce message car vous aviez cet accès. Vous n’avez rien à faire.

summary-name = Résumé du jour
summary-purpose = Aux administrateurs : ce qui attend quelqu’un.
summary-subject = { $instance }, le { $day } : ce qui attend quelqu’un
summary-preheader = Les demandes et les accès dont il faudrait s’occuper aujourd’hui.
summary-heading = Ce qui attend quelqu’un
summary-lead = Voici les chiffres du { $day }. Les jours où rien n’attend, aucun message ne vient.
summary-button = Les voir
summary-why = Vous recevez ce message car vous administrez ce service. Vous n’avez rien à faire qui ne puisse attendre.
