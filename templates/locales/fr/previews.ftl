# Every email, for administrators to look at. No HTML here.

preview-what = Voici un exemple de chaque e-mail, avec des personnes fictives. Rien n’est envoyé d’ici, et les liens ne fonctionnent pas.
preview-language = Langue
preview-kinds = Types d’e-mails
preview-all = Tous les e-mails
preview-width = Largeur
preview-sample = Exemple
preview-html = HTML
preview-text = Texte brut
