/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Comfort only: everything works, and is checked, without this file.
 */
(function () {
    'use strict';

    var form = document.querySelector('[data-glpikeys-form]');
    if (!form) {
        return;
    }

    function field(name) {
        return form.elements[name] || null;
    }

    /** Marks each rule that the password meets, for eyes and for screen readers. */
    function checkPassword() {
        var value = field('password').value;
        var list = form.querySelector('[data-glpikeys-rules]');
        list.querySelectorAll('li').forEach(function (rule) {
            var length = rule.getAttribute('data-length');
            var pattern = rule.getAttribute('data-pattern');
            var met = length ? Array.from(value).length >= Number(length) : new RegExp(pattern).test(value);
            rule.classList.toggle('met', met);
            rule.setAttribute('aria-label', rule.textContent + ': ' + list.getAttribute(met ? 'data-met' : 'data-missing'));
        });
    }

    function plain(text) {
        return text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').trim().toLowerCase()
            .replace(/\s+/g, '-').replace(/[^a-z0-9-]+/g, '').replace(/^-+|-+$/g, '');
    }

    /** Proposes a login until the person writes one. */
    function proposeLogin() {
        var login = field('login');
        if (login && !login.dataset.typed) {
            login.value = [plain(field('firstname').value), plain(field('realname').value)].filter(Boolean).join('.').slice(0, 60);
        }
    }

    field('password').addEventListener('input', checkPassword);
    checkPassword();

    if (field('login')) {
        if (field('login').value !== '') {
            field('login').dataset.typed = '1';
        }
        field('login').addEventListener('input', function () {
            field('login').dataset.typed = field('login').value === '' ? '' : '1';
        });
        field('firstname').addEventListener('input', proposeLogin);
        field('realname').addEventListener('input', proposeLogin);
    }

    var show = form.querySelector('[data-glpikeys-show]');
    show.closest('label').hidden = false;
    show.addEventListener('change', function () {
        field('password').type = field('password2').type = show.checked ? 'text' : 'password';
    });

    form.addEventListener('submit', function (event) {
        if (form.dataset.sent) {
            event.preventDefault();
            return;
        }
        form.dataset.sent = '1';
        var button = form.querySelector('button[type=submit]');
        button.textContent = form.getAttribute('data-sending');
        button.setAttribute('aria-disabled', 'true');
    });

    // A page that the back button brings back can be sent again; the server sorts it out.
    window.addEventListener('pageshow', function (event) {
        if (event.persisted) {
            window.location.reload();
        }
    });

    var wrong = form.querySelector('.is-invalid');
    if (wrong) {
        wrong.focus();
    }
})();
