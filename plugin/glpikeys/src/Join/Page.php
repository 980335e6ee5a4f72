<?php

/*
 * GLPI Keys: invitations for GLPI.
 * Copyright (C) 2026 the GLPI Keys authors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys\Join;

use Config;
use Glpi\Application\View\TemplateRenderer;
use GLPIMailer;
use GlpiPlugin\Glpikeys\EmailDomains;
use GlpiPlugin\Glpikeys\Installer;
use GlpiPlugin\Glpikeys\InvitationState;
use GlpiPlugin\Glpikeys\Link;
use GlpiPlugin\Glpikeys\Text;
use Html;
use PluginGlpikeysInvitation;
use PluginGlpikeysRegistration;
use Session;
use Throwable;
use User;

/**
 * The page behind an invitation's link: GET shows, POST acts, then redirects.
 */
final class Page
{
    /** What the session remembers after a registration; never the invitation's token. */
    private const MEMORY = 'plugin_glpikeys_join';

    private const COUNTED = 'plugin_glpikeys_join_counted';

    private Texts $texts;

    private string $language;

    private Limits $limits;

    private string $address;

    private Puzzle $puzzle;

    public function __construct()
    {
        global $CFG_GLPI;

        $this->language = Language::negotiate(
            (string) ($_SERVER['HTTP_ACCEPT_LANGUAGE'] ?? ''),
            (string) ($CFG_GLPI['language'] ?? '')
        );
        Session::loadLanguage($this->language);
        $this->texts = new Texts();
        $settings = Config::getConfigurationValues(Installer::CONTEXT);
        $proxies = array_filter(array_map('trim', explode(',', (string) ($settings['trusted_proxies'] ?? ''))));
        $this->address = ClientAddress::of($_SERVER, $proxies);
        $this->limits = new Limits(ClientAddress::group($this->address));
        $this->puzzle = new Puzzle($this->limits, ClientAddress::isSecure($_SERVER, $proxies));
    }

    public function answer(): void
    {
        $this->sendHeaders();
        if (($_SERVER['REQUEST_METHOD'] ?? '') !== 'POST') {
            isset($_GET['step']) ? $this->showResult() : $this->showInvitation();
            return;
        }
        match ($this->post()['step'] ?? '') {
            'code'   => $this->confirmCode(),
            'resend' => $this->resendCode(),
            default  => $this->register(),
        };
    }

    private function showInvitation(): void
    {
        $invitation = $this->openInvitation();
        if ($invitation === null) {
            return;
        }
        if (($_SERVER['REQUEST_METHOD'] ?? '') === 'GET') {
            $this->countOnce($invitation, 'opened');
        }
        $this->showForm($invitation, Form::blank());
    }

    private function register(): void
    {
        $invitation = $this->openInvitation();
        if ($invitation === null) {
            return;
        }
        $form = Form::fromPost($this->post());
        if (FormToken::isStale()) {
            $memory = $this->memory();
            if (($memory['form'] ?? '') === FormToken::posted()) {
                $this->redirect();
            }
            $this->showForm($invitation, $form, [], 'stale');
            return;
        }
        if ($this->limits->isReached(Limits::FORM)) {
            $this->showNotice('too_many', 429);
            return;
        }
        if (!$form->trapped) {
            $this->countOnce($invitation, 'started');
        }
        $form = $this->withLogin($invitation, $form);
        $problems = $this->problems($invitation, $form);
        if ($this->puzzle->stops($problems !== [], $this->post()['altcha'] ?? '')) {
            $this->limits->count(Limits::FORM);
            $this->showForm($invitation, $form, [], 'puzzle', 422);
            return;
        }
        $outcome = $problems === []
            ? (new Registrar($invitation, $form, $this->address, $this->language))->register()
            : Outcome::taken($problems);
        $this->conclude($invitation, $form, $outcome);
    }

    private function conclude(PluginGlpikeysInvitation $invitation, Form $form, Outcome $outcome): void
    {
        switch ($outcome->kind) {
            case Outcome::CREATED:
                $this->remember($outcome->registration);
                $this->sendFirstCode($invitation, $form, $outcome->registration);
                $this->redirect();
                return;
            case Outcome::CLOSED:
                $invitation->getFromDB($invitation->getID());
                $state = $invitation->state();
                $this->showNotice($state === InvitationState::USED_UP ? $state : 'closed', 410);
                return;
            case Outcome::FAILED:
                $this->showForm($invitation, $form, [], 'failed', 503);
                return;
            default:
                $this->limits->count(Limits::FORM);
                $this->showForm($invitation, $form, $outcome->problems, '', 422);
        }
    }

    private function withLogin(PluginGlpikeysInvitation $invitation, Form $form): Form
    {
        if ($invitation->fields['login_is_email']) {
            return $form->withLogin($form->email);
        }
        return $form->login !== ''
            ? $form
            : $form->withLogin(Accounts::freeLogin($form->firstname, $form->realname));
    }

    /** @return array<string, string[]> */
    private function problems(PluginGlpikeysInvitation $invitation, Form $form): array
    {
        global $CFG_GLPI;

        // A machine filled in the field nobody sees: the person behind it, if any, sees a form.
        if ($form->trapped) {
            return ['website' => ['trap']];
        }
        $domains = (string) $invitation->fields['email_domains'];
        $problems = $form->problems(
            $this->rules(),
            static fn (string $email) => GLPIMailer::validateAddress($email)
                && EmailAddress::isPlausible($email, (string) ($CFG_GLPI['admin_email'] ?? '')),
            static fn (string $email) => EmailDomains::allows($domains, $email)
        );
        if (!isset($problems['password']) && !$this->policyAccepts($form->password)) {
            $problems['password'] = ['policy'];
        }
        foreach (Accounts::taken($form->login, $form->email) as $field => $codes) {
            $problems += [$field => $codes];
        }
        if ($invitation->fields['login_is_email'] && isset($problems['login'])) {
            $problems += ['email' => $problems['login']];
            unset($problems['login']);
        }
        return $problems;
    }

    /** GLPI's own word on the password: what the list of rules shows may lag behind it. */
    private function policyAccepts(string $password): bool
    {
        if (method_exists(User::class, 'validatePassword')) {
            return (new User())->validatePassword($password);
        }
        try {
            return Config::validatePassword($password, false);
        } catch (\Exception) {
            return false;
        }
    }

    private function confirmCode(): void
    {
        $registration = $this->rememberedRegistration();
        if ($registration === null) {
            $this->showNotice('unknown', 404);
            return;
        }
        if ($this->showWithdrawn($registration)) {
            return;
        }
        $code = $this->post()['code'] ?? '';
        $right = !FormToken::isStale() && (new Verification((int) $registration['id'], $this->memory()['secret']))
            ->confirm(is_string($code) ? $code : '');
        if ($right || $registration['state'] !== PluginGlpikeysRegistration::WAITING_EMAIL) {
            $this->redirect();
        }
        $this->showRegistration($registration, 'code', 422);
    }

    private function resendCode(): void
    {
        $registration = $this->rememberedRegistration();
        if (
            $registration === null
            || $registration['state'] !== PluginGlpikeysRegistration::WAITING_EMAIL
            || FormToken::isStale()
        ) {
            $this->redirect();
        }
        if ($this->showWithdrawn($registration)) {
            return;
        }
        $limits = new Limits((string) $registration['id']);
        if ($limits->isReached(Limits::MAIL)) {
            $this->showRegistration($registration, 'enough', 429);
            return;
        }
        $sent = $this->sendCode($registration);
        if ($sent) {
            $limits->count(Limits::MAIL);
        }
        $this->showRegistration($registration, $sent ? 'resent' : 'mail', $sent ? 200 : 503);
    }

    private function sendFirstCode(PluginGlpikeysInvitation $invitation, Form $form, int $registration): void
    {
        if ($invitation->fields['verify_email']) {
            $sent = $this->sendCode([
                'id'          => $registration,
                'email'       => $form->email,
                'entities_id' => $invitation->fields['entities_id'],
            ]);
            $_SESSION[self::MEMORY]['unsent'] = !$sent;
        }
    }

    /** @param array<string, mixed> $registration with raw values */
    private function sendCode(array $registration): bool
    {
        $verification = new Verification((int) $registration['id'], $this->memory()['secret']);
        return $verification->send((string) $registration['email'], (int) $registration['entities_id'], $this->texts);
    }

    private function showResult(): void
    {
        $registration = $this->rememberedRegistration();
        if ($registration === null) {
            $this->showNotice('unknown', 404);
            return;
        }
        if ($this->showWithdrawn($registration)) {
            return;
        }
        $unsent = !empty($_SESSION[self::MEMORY]['unsent']);
        unset($_SESSION[self::MEMORY]['unsent']);
        $this->showRegistration($registration, $unsent ? 'mail' : '');
    }

    /** @param array<string, mixed> $registration with raw values */
    private function showRegistration(array $registration, string $trouble = '', int $status = 200): void
    {
        $user = new User();
        $found = $user->getFromDB((int) $registration['users_id']);
        $result = $this->texts->result((string) $registration['state'], (string) $registration['email']);
        $this->render('result', $status, $result + [
            'state'   => $registration['state'],
            'unsent'  => $trouble === 'mail',
            'login'   => $found ? (string) Text::fromItem($user->fields['name']) : '',
            'trouble' => $this->texts->trouble($trouble),
            'good'    => $trouble === 'resent',
        ]);
    }

    /**
     * The invitation the request is about, when somebody may register with it now. Otherwise
     * the page that says why not has been shown.
     */
    private function openInvitation(): ?PluginGlpikeysInvitation
    {
        $token = Address::token($_SERVER, $_GET, $_POST);
        $invitation = $token === '' ? null : PluginGlpikeysInvitation::findByToken($token);
        $state = $invitation === null ? InvitationState::REVOKED : $invitation->state();
        if ($state === InvitationState::REVOKED) {
            $this->showUnknown($invitation === null);
            return null;
        }
        if ($state === InvitationState::USED_UP && $this->madeHere($invitation)) {
            // The back button, after the last use was one's own.
            $this->redirect();
        }
        if (!InvitationState::isOpen($state)) {
            $begin = $state === InvitationState::SCHEDULED ? (string) $invitation->fields['begin_date'] : '';
            $this->showNotice($state, $state === InvitationState::SCHEDULED ? 403 : 410, $begin);
            return null;
        }
        if (Session::getLoginUserID() !== false) {
            $this->showNotice('signed_in', 403);
            return null;
        }
        return $invitation;
    }

    /** Unknown and revoked look alike; only what nobody ever made counts as a guess. */
    private function showUnknown(bool $guessed): void
    {
        $isMany = $guessed
            ? !$this->limits->admits(Limits::UNKNOWN)
            : $this->limits->isReached(Limits::UNKNOWN);
        if ($isMany) {
            $this->showNotice('too_many', 429);
            return;
        }
        $this->showNotice('unknown', 404);
    }

    private function showNotice(string $state, int $status, string $begin = ''): void
    {
        $notice = $this->texts->notice($state);
        if ($begin !== '') {
            $notice['text'] = $this->texts->opensAt($this->moment($begin)) . ' ' . $notice['text'];
        }
        $this->render('notice', $status, $notice + ['state' => $state]);
    }

    /** A date and time as the visitor's language writes it. */
    private function moment(string $date): string
    {
        $format = \IntlDateFormatter::create($this->language, \IntlDateFormatter::LONG, \IntlDateFormatter::SHORT);
        return (string) ($format?->format(new \DateTime($date)) ?: $date);
    }

    /** @param array<string, string[]> $problems */
    private function showForm(
        PluginGlpikeysInvitation $invitation,
        Form $form,
        array $problems = [],
        string $trouble = '',
        int $status = 200
    ): void {
        $rules = $this->rules();
        $domains = EmailDomains::parse((string) $invitation->fields['email_domains']);
        $this->render('form', $status, [
            'title'          => $this->texts->labels()['title'],
            'invited_by'     => $this->texts->invitedBy($this->author($invitation)),
            'token'          => Address::token($_SERVER, $_GET, $_POST),
            'csrf'           => FormToken::create(),
            'form'           => $form,
            'problems'       => $this->texts->problems($problems, $rules),
            'trouble'        => $this->texts->trouble($trouble),
            'domains'        => $this->texts->domains($domains),
            'rules'          => $this->texts->rules($rules),
            'minimum'        => $rules->minimum(),
            'patterns'       => $rules->patterns(),
            'login_is_email' => (bool) $invitation->fields['login_is_email'],
            'verify_email'   => (bool) $invitation->fields['verify_email'],
            'approval'       => (bool) $invitation->fields['require_approval'],
            'puzzle'         => $this->puzzle->isAsked() ? $this->puzzle->widget() : null,
        ]);
    }

    private function author(PluginGlpikeysInvitation $invitation): string
    {
        $user = new User();
        if (!$user->getFromDB((int) $invitation->fields['users_id'])) {
            return '';
        }
        $fields = Text::fromItem(array_intersect_key($user->fields, ['firstname' => 1, 'realname' => 1]));
        // A login is half of somebody's key; without a name the sentence is left out.
        return trim($fields['firstname'] . ' ' . $fields['realname']);
    }

    /** @param array<string, mixed> $values */
    private function render(string $template, int $status, array $values): void
    {
        global $CFG_GLPI;

        $root = (string) $CFG_GLPI['root_doc'];
        http_response_code($status);
        TemplateRenderer::getInstance()->display('@glpikeys/join/' . $template . '.html.twig', $values + [
            'lang'   => Language::tag($this->language),
            'labels' => $this->texts->labels(),
            'action' => $this->path(),
            'csrf'   => FormToken::create(),
            'home'   => $root . '/',
            'assets' => $this->assets(),
            'version' => PLUGIN_GLPIKEYS_VERSION,
        ]);
    }

    private function rules(): PasswordRules
    {
        global $CFG_GLPI;

        return PasswordRules::fromConfig($CFG_GLPI);
    }

    /**
     * Counts a visit once per session and invitation; people reload, and send a form again.
     *
     * "opened" also counts the programs that look at links in mails, which keep no session.
     * They send no forms, so "started" counts people.
     */
    private function countOnce(PluginGlpikeysInvitation $invitation, string $column): void
    {
        global $DB;

        $id = (int) $invitation->getID();
        if (isset($_SESSION[self::COUNTED][$column][$id])) {
            return;
        }
        $_SESSION[self::COUNTED][$column][$id] = 1;
        try {
            $DB->doQuery(sprintf(
                'UPDATE `glpi_plugin_glpikeys_invitations` SET `%1$s` = `%1$s` + 1 WHERE `id` = %2$d',
                $column,
                $id
            ));
        } catch (Throwable) {
            // Somebody else holds the row for long; a count is no reason to turn a visitor away.
        }
    }

    private function remember(int $registration): void
    {
        $_SESSION[self::MEMORY] = [
            'registration' => $registration,
            'secret'       => bin2hex(random_bytes(16)),
            'form'         => FormToken::posted(),
        ];
    }

    /** @return array<string, mixed> */
    private function memory(): array
    {
        return $_SESSION[self::MEMORY] ?? [];
    }

    /** @return array<string, mixed>|null the registration made in this session, raw */
    private function rememberedRegistration(): ?array
    {
        $registration = new PluginGlpikeysRegistration();
        $id = (int) ($this->memory()['registration'] ?? 0);
        return $id > 0 && $registration->getFromDB($id) ? Text::fromItem($registration->fields) : null;
    }

    /**
     * Whoever revokes an invitation wants no more accounts from it, so those that still wait
     * for their code stay closed until the scheduled task removes them and gives the uses back.
     * One that ended or was used up meanwhile was right when the person registered.
     *
     * @param array<string, mixed> $registration
     *
     * @return bool whether the page was shown that says so
     */
    private function showWithdrawn(array $registration): bool
    {
        if ($registration['state'] !== PluginGlpikeysRegistration::WAITING_EMAIL) {
            return false;
        }
        $invitation = new PluginGlpikeysInvitation();
        $isThere = $invitation->getFromDB((int) $registration['plugin_glpikeys_invitations_id']);
        if ($isThere && $invitation->state() !== InvitationState::REVOKED) {
            return false;
        }
        $this->showNotice('withdrawn', 410);
        return true;
    }

    /** Whether this session registered through the invitation. */
    private function madeHere(PluginGlpikeysInvitation $invitation): bool
    {
        $registration = $this->rememberedRegistration();
        return $registration !== null
            && (int) $registration['plugin_glpikeys_invitations_id'] === (int) $invitation->getID();
    }

    /** @return array<mixed> raw form values: GLPI 10 encodes $_POST and keeps the original aside */
    private function post(): array
    {
        return is_array($GLOBALS['_UPOST'] ?? null) ? $GLOBALS['_UPOST'] : $_POST;
    }

    /** Redirects to the page about the registration, whose address holds no token. */
    private function redirect(): never
    {
        Html::redirect($this->path() . '?step=done', 303);
        exit;
    }

    /** From the configuration: REQUEST_URI may hold the token, Host is the visitor's word. */
    private function path(): string
    {
        return $this->folder() . '/front/join.php';
    }

    /** GLPI 11 serves the folder "public" as the plugin's root. */
    private function assets(): string
    {
        $isTen = version_compare(GLPI_VERSION, '11.0.0-dev', '<');
        return $this->folder() . ($isTen ? '/public' : '');
    }

    private function folder(): string
    {
        global $CFG_GLPI;

        return $CFG_GLPI['root_doc'] . '/' . Link::folder();
    }

    /** The address is a secret: nobody keeps it, nobody hands it on. */
    private function sendHeaders(): void
    {
        header('Cache-Control: no-store');
        header('Referrer-Policy: no-referrer');
        header('X-Robots-Tag: noindex, nofollow');
        header('X-Content-Type-Options: nosniff');
        header('X-Frame-Options: DENY');
        header(
            "Content-Security-Policy: default-src 'self'; img-src 'self' data:; font-src 'self' data:;"
            . " style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline' 'unsafe-eval';"
            // GLPI's puzzle works in a worker made from a text of its own.
            . " worker-src 'self' blob:;"
            . " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
    }
}
