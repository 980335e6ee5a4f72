<?php

declare(strict_types=1);

use GlpiPlugin\Glpikeys\Decision;
use GlpiPlugin\Glpikeys\Join\ExternalSignIn;
use GlpiPlugin\Glpikeys\Join\Limits;
use GlpiPlugin\Glpikeys\Refusal;
use GlpiPlugin\Glpikeys\RuleGrants;
use GlpiPlugin\Glpikeys\Sentence;
use GlpiPlugin\Glpikeys\StateColumn;
use GlpiPlugin\Glpikeys\Text;

/**
 * One account that was created through an invitation. The join page makes
 * them; people only answer those that wait, and read the others.
 *
 * @license GPL-3.0-or-later
 */
class PluginGlpikeysRegistration extends CommonDBTM
{
    use StateColumn;

    public const WAITING_EMAIL    = 'waiting_email';
    public const WAITING_APPROVAL = 'waiting_approval';
    public const DONE             = 'done';
    public const REFUSED          = 'refused';

    /** Nobody has answered yet; the account cannot be used. */
    public const WAITING = [self::WAITING_EMAIL, self::WAITING_APPROVAL];

    public static $rightname = 'plugin_glpikeys_invitation';

    public static $undisclosedFields = ['code_hash', 'code_until'];

    public static function getTypeName($nb = 0)
    {
        return _n('Registration', 'Registrations', (int) $nb, 'glpikeys');
    }

    public static function getIcon()
    {
        return 'ti ti-user-plus';
    }

    public static function canCreate(): bool
    {
        return false;
    }

    /** Registrations go with their invitation. */
    public static function canPurge(): bool
    {
        return false;
    }

    public static function canDelete(): bool
    {
        return false;
    }

    public function post_getEmpty()
    {
        unset($this->fields['code_hash'], $this->fields['code_until']);
    }

    public function prepareInputForAdd($input)
    {
        return false;
    }

    /** A waiting registration also says what GLPI's own rules would add to what the invitation gives. */
    public function post_getFromDB()
    {
        parent::post_getFromDB();
        if (isAPI() && in_array($this->fields['state'], self::WAITING, true)) {
            $this->fields['rule_grants'] = RuleGrants::ofAccount((int) $this->fields['users_id'])->text();
        }
    }

    /**
     * An update is an answer: state "done" approves, "refused" refuses, once.
     * Nothing else can be changed.
     */
    public function prepareInputForUpdate($input)
    {
        $state = Text::raw($input)['state'] ?? null;
        if ($state === $this->fields['state']) {
            return ['id' => $this->fields['id']];
        }
        try {
            match ($state) {
                self::DONE    => $this->approve(),
                self::REFUSED => Decision::refuse((int) $this->fields['id']) || throw new Refusal(Refusal::STATE),
                default       => throw new Refusal(Refusal::STATE),
            };
        } catch (Refusal $refusal) {
            self::say(Sentence::for($refusal), ERROR);
            return false;
        }
        return ['id' => $this->fields['id']];
    }

    /**
     * Approving gives what the invitation gives, and lets in what GLPI's rules give, so it takes
     * the right to give both. Refusing takes something away.
     *
     * @throws Refusal
     */
    private function approve(): void
    {
        $invitation = new PluginGlpikeysInvitation();
        if (
            $this->fields['state'] !== self::WAITING_APPROVAL
            || !$invitation->getFromDB($this->fields['plugin_glpikeys_invitations_id'])
        ) {
            throw new Refusal(Refusal::STATE);
        }
        $user = new User();
        if (!$user->getFromDB($this->fields['users_id']) || $user->isDeleted()) {
            throw new Refusal(Refusal::ACCOUNT);
        }
        if (!$invitation->isGrantable() || !$this->isAccountGrantable()) {
            throw new Refusal(Refusal::APPROVAL);
        }
        $rules = RuleGrants::ofAccount((int) $this->fields['users_id']);
        if (!$rules->areGrantable()) {
            throw new Refusal(Refusal::RULE, $rules->text());
        }
        if (!Decision::approve((int) $this->fields['id'])) {
            throw new Refusal(Refusal::STATE);
        }
        if ($rules->text() !== '') {
            self::say($rules->sentence(), WARNING);
        }
    }

    /** Pages show messages as HTML, the REST interface as text. */
    private static function say(string $text, int $kind): void
    {
        Session::addMessageAfterRedirect(isAPI() ? $text : self::escape($text), false, $kind);
    }

    /**
     * The account has what the invitation gave when somebody registered; the invitation may
     * have been changed since, by a person who could not have given that.
     */
    private function isAccountGrantable(): bool
    {
        $of     = ['users_id' => (int) $this->fields['users_id']];
        $groups = array_column((new Group_User())->find($of), 'groups_id');
        foreach ((new Profile_User())->find($of) as $right) {
            $given = [
                'entities_id'       => $right['entities_id'],
                'profiles_id'       => $right['profiles_id'],
                'profile_recursive' => $right['is_recursive'],
                'groups'            => json_encode(array_map('intval', $groups)),
            ];
            if (!PluginGlpikeysInvitation::mayGrant($given)) {
                return false;
            }
        }
        return true;
    }

    /** Made active in GLPI itself, by somebody who may change accounts; a sign-in is nobody's word. */
    public static function onUserUpdated(User $user): void
    {
        if (
            in_array('is_active', $user->updates, true)
            && (int) $user->fields['is_active'] === 1
            && Session::haveRight('user', UPDATE)
        ) {
            Decision::activated((int) $user->getID());
        }
    }

    /** @return array{description: string} */
    public static function cronInfo($name)
    {
        return ['description' => __('Give back uses of registrations that were never confirmed', 'glpikeys')];
    }

    public static function cronExpire(CronTask $task)
    {
        $expired = Decision::expire();
        $task->addVolume($expired);
        Limits::clean();
        return $expired > 0 ? 1 : 0;
    }

    // --- GLPI's list and tab

    public function rawSearchOptions()
    {
        $table  = self::getTable();
        $column = static fn (int $id, string $field, string $name, string $datatype): array => [
            'id'            => (string) $id,
            'table'         => $table,
            'field'         => $field,
            'name'          => $name,
            'datatype'      => $datatype,
            'massiveaction' => false,
        ];
        $linked = static fn (int $id, string $linkedTable, string $field, string $name): array => [
            'id'            => (string) $id,
            'table'         => $linkedTable,
            'field'         => $field,
            'name'          => $name,
            'datatype'      => 'dropdown',
            'massiveaction' => false,
        ];

        return [
            ['id' => 'common', 'name' => self::getTypeName(Session::getPluralNumber())],
            $column(1, 'email', _n('Email', 'Emails', 1), 'string'),
            $column(2, 'id', __('ID'), 'number'),
            $column(3, 'state', __('State'), 'specific') + ['searchtype' => ['equals', 'notequals']],
            $linked(4, PluginGlpikeysInvitation::getTable(), 'name', PluginGlpikeysInvitation::getTypeName(1)),
            $linked(5, 'glpi_users', 'name', User::getTypeName(1)),
            $column(6, 'address', __('Address', 'glpikeys'), 'string'),
            $column(19, 'date_mod', __('Last update'), 'datetime'),
            $linked(80, 'glpi_entities', 'completename', Entity::getTypeName(1)),
            $column(86, 'is_recursive', __('Child entities'), 'bool'),
            $column(121, 'date_creation', __('Creation date'), 'datetime'),
        ];
    }

    /** @return array<string, string> state => word for people */
    public static function stateNames(): array
    {
        return [
            self::WAITING_EMAIL    => __('Waiting for e-mail', 'glpikeys'),
            self::WAITING_APPROVAL => __('Waiting for approval', 'glpikeys'),
            self::DONE             => __('Done', 'glpikeys'),
            self::REFUSED          => __('Refused', 'glpikeys'),
        ];
    }

    public function getTabNameForItem(CommonGLPI $item, $withtemplate = 0)
    {
        if (!$item instanceof PluginGlpikeysInvitation || !self::canView()) {
            return '';
        }
        $count = countElementsInTable(self::getTable(), ['plugin_glpikeys_invitations_id' => $item->getID()]);

        return self::createTabEntry(self::getTypeName(Session::getPluralNumber()), $count);
    }

    public static function displayTabContentForItem(CommonGLPI $item, $tabnum = 1, $withtemplate = 0)
    {
        if ($item instanceof PluginGlpikeysInvitation) {
            self::showFor($item);
        }
        return true;
    }

    private static function showFor(PluginGlpikeysInvitation $invitation): void
    {
        global $DB;

        $rows = $DB->request([
            'FROM'  => self::getTable(),
            'WHERE' => ['plugin_glpikeys_invitations_id' => $invitation->getID()],
            'ORDER' => 'id DESC',
            'LIMIT' => 500,
        ]);
        echo "<table class='table table-striped'><thead><tr>";
        foreach ([_n('Email', 'Emails', 1), User::getTypeName(1), __('State'), __('Creation date'), ''] as $title) {
            echo '<th>' . self::escape($title) . '</th>';
        }
        echo '</tr></thead><tbody>';
        $may = self::canUpdate() && $invitation->can($invitation->getID(), UPDATE);
        foreach ($rows as $row) {
            echo '<tr>';
            echo '<td>' . self::escape((string) Text::fromItem($row['email'])) . '</td>';
            echo '<td>' . self::userLink((int) $row['users_id']) . '</td>';
            echo '<td>' . self::escape(self::stateNames()[$row['state']] ?? '') . self::notices($row, $invitation) . '</td>';
            echo '<td>' . self::escape((string) Html::convDateTime($row['date_creation'])) . '</td>';
            echo '<td>';
            if ($may && $row['state'] === self::WAITING_APPROVAL) {
                self::showAnswers((int) $row['id']);
            }
            echo '</td></tr>';
        }
        echo '</tbody></table>';
    }

    /**
     * What to look at before approving.
     *
     * @param array<string, mixed> $row of a registration
     */
    private static function notices(array $row, PluginGlpikeysInvitation $invitation): string
    {
        if (!in_array($row['state'], self::WAITING, true)) {
            return '';
        }
        $rules   = RuleGrants::ofAccount((int) $row['users_id']);
        $notices = array_filter([
            $rules->text() === '' ? '' : $rules->sentence(),
            ExternalSignIn::mayShare($invitation->fields) ? ExternalSignIn::sentence() : '',
        ]);
        return implode('', array_map(
            static fn (string $notice): string => "<div class='text-danger'>" . self::escape($notice) . '</div>',
            $notices
        ));
    }

    private static function showAnswers(int $id): void
    {
        echo "<form method='post' action='" . self::getFormURL() . "' class='d-flex gap-2'>";
        echo Html::hidden('id', ['value' => $id]);
        echo Html::submit(__('Approve', 'glpikeys'), ['name' => 'approve', 'class' => 'btn btn-sm btn-primary']);
        echo Html::submit(__('Refuse', 'glpikeys'), ['name' => 'refuse', 'class' => 'btn btn-sm btn-outline-danger']);
        Html::closeForm();
    }

    /** GLPI 10.0.12 has not the function, GLPI 11 makes no links with the older one. */
    private static function userLink(int $id): string
    {
        return function_exists('getUserLink') ? getUserLink($id) : (string) getUserName($id, 1);
    }

    private static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }
}
