<?php

declare(strict_types=1);

use Glpi\Application\View\TemplateRenderer;
use GlpiPlugin\Glpikeys\InvitationInput;
use GlpiPlugin\Glpikeys\InvitationState;
use GlpiPlugin\Glpikeys\Link;
use GlpiPlugin\Glpikeys\QrCode;
use GlpiPlugin\Glpikeys\Refusal;
use GlpiPlugin\Glpikeys\Sentence;
use GlpiPlugin\Glpikeys\StateColumn;
use GlpiPlugin\Glpikeys\Text;
use GlpiPlugin\Glpikeys\Token;

/**
 * A secret link that creates one account per use.
 *
 * GLPI's REST API, its forms and its massive actions all end in add() and
 * update() of this class, and check little themselves (an entity only on add,
 * profiles and groups never), so all rules are here.
 *
 * @license GPL-3.0-or-later
 */
class PluginGlpikeysInvitation extends CommonDBTM
{
    use StateColumn;

    /**
     * A POST of more rows is refused: GLPI answers with a "link" header that
     * names every row and outgrows what proxies pass on; all rows would be
     * there and the caller would read 502.
     */
    public const MAX_ROWS_PER_REQUEST = 20;

    private const STATE_OPTION = 3;

    public static $rightname = 'plugin_glpikeys_invitation';

    public static $undisclosedFields = ['token', 'token_hash'];

    public $dohistory = true;

    /** Counters change with every visit; the registrations are their history. */
    public $history_blacklist = ['uses', 'opened', 'started'];

    private static int $added = 0;

    /** The secret of an invitation that was made a moment ago, by this object. */
    private ?string $token = null;

    public static function getTypeName($nb = 0)
    {
        return _n('Invitation', 'Invitations', (int) $nb, 'glpikeys');
    }

    public static function getMenuName()
    {
        return self::getTypeName(Session::getPluralNumber());
    }

    public static function getIcon()
    {
        return 'ti ti-ticket';
    }

    // --- looking at one

    /** The invitation of a token that somebody came with; null when there is none. */
    public static function findByToken(string $token): ?self
    {
        if (!Token::isWellFormed($token)) {
            return null;
        }
        $invitation = new self();
        return $invitation->getFromDBByCrit(['token_hash' => Token::hash($token)]) ? $invitation : null;
    }

    /** One of InvitationState's constants. */
    public function state(): string
    {
        return InvitationState::of($this->fields, date('Y-m-d H:i:s'));
    }

    /** @return int[] */
    public function groupIds(): array
    {
        $groups = json_decode((string) ($this->fields['groups'] ?? ''), true);
        return is_array($groups) ? array_map('intval', $groups) : [];
    }

    /**
     * The link, for those who may have made the invitation themselves; whoever
     * has the link can have what it grants. Null for the others, and when it
     * was shown once and not kept.
     */
    public function link(): ?string
    {
        $id = (int) ($this->fields['id'] ?? 0);
        if ($id === 0 || !$this->can($id, UPDATE) || !$this->isGrantable()) {
            return null;
        }
        $token = $this->token ?? self::decrypted($this->fields['token'] ?? null);
        return $token === null ? null : Link::to($token);
    }

    /** Whether the person at work could grant what this invitation grants. */
    public function isGrantable(): bool
    {
        return $this->refusal($this->fields) === null;
    }

    /**
     * Whether the person at work could grant this.
     *
     * @param array<string, mixed> $row fields of an invitation: entities_id, profiles_id,
     *                                  profile_recursive, groups
     */
    public static function mayGrant(array $row): bool
    {
        return (new self())->refusal($row) === null;
    }

    /**
     * Only GET of one item reads it with getFromDB; lists and searches read
     * rows. So what is marked here is a single item, and the secret itself is
     * only put in when it goes out, in unsetUndisclosedFields().
     */
    public function post_getFromDB()
    {
        parent::post_getFromDB();
        if (isAPI() && !str_contains((string) ($_SERVER['REQUEST_URI'] ?? ''), 'getMultipleItems')) {
            $this->fields['link']            = null;
            $this->fields['server_timezone'] = date_default_timezone_get();
        }
    }

    public static function unsetUndisclosedFields(&$fields)
    {
        if (array_key_exists('link', $fields)) {
            $fields['link'] = self::linkOf($fields);
        }
        parent::unsetUndisclosedFields($fields);
    }

    /**
     * GLPI also passes what a caller searches for ("searchText") through here, to drop it, and
     * then puts it into a query that it logs when it fails. Only a row has its token's hash.
     */
    private static function linkOf(array $fields): ?string
    {
        $invitation = new self();

        return is_numeric($fields['id'] ?? null)
            && is_string($fields['token_hash'] ?? null)
            && $invitation->getFromDB((int) $fields['id'])
            && hash_equals((string) $invitation->fields['token_hash'], $fields['token_hash'])
            ? $invitation->link()
            : null;
    }

    public function post_getEmpty()
    {
        // GLPI sorts lists by any field that is here (10.0.12, 11.0.6
        // Api/API.php getItems); nobody shall sort by secrets.
        unset($this->fields['token'], $this->fields['token_hash']);
        $this->fields['is_active'] = 1;
        $this->fields['max_uses']  = 1;
    }

    // --- writing

    /**
     * A known uuid means that the answer to an earlier POST was lost: the
     * caller gets it again and nothing is written.
     */
    public function add(array $input, $options = [], $history = true)
    {
        global $DB;

        if (isAPI() && self::$added >= self::MAX_ROWS_PER_REQUEST) {
            return $this->refuse(new Refusal(Refusal::TOO_MANY));
        }
        self::$added++;

        $uuid = $input['uuid'] ?? '';
        $uuid = is_string($uuid) ? strtolower(trim($uuid)) : '';
        if (!InvitationInput::isUuid($uuid)) {
            return parent::add($input, $options, $history);
        }
        // Two equal requests at the same time must not meet at the unique
        // index: GLPI would log the whole statement.
        $lock = "glpikeys-$uuid";
        $result = $DB->doQuery("SELECT GET_LOCK('$lock', 10) AS `got`");
        if ((int) ($DB->fetchAssoc($result)['got'] ?? 0) !== 1) {
            return $this->refuse(new Refusal(Refusal::UUID_TAKEN, 'uuid'));
        }
        try {
            $known = new self();
            return $known->getFromDBByCrit(['uuid' => $uuid])
                ? $this->addAgain($known, $input)
                : parent::add($input, $options, $history);
        } finally {
            $DB->doQuery("SELECT RELEASE_LOCK('$lock')");
        }
    }

    /** @return int|false the id of the invitation that is there */
    private function addAgain(self $known, array $input): int|false
    {
        $id = (int) $known->fields['id'];
        try {
            $values = InvitationInput::forAdd(Text::raw($input));
        } catch (Refusal $refusal) {
            return $this->refuse($refusal);
        }
        // Somebody else's invitation, or another one: same answer.
        $same = $known->can($id, UPDATE);
        foreach ($values as $field => $value) {
            $same = $same && (string) Text::fromItem($known->fields[$field] ?? '') === (string) $value;
        }
        if (!$same) {
            return $this->refuse(new Refusal(Refusal::UUID_TAKEN, 'uuid'));
        }
        $this->getFromDB($id);
        if ($this->isLostSecret()) {
            $this->replaceToken();
        }
        $this->input = ['_add' => true];
        $this->addMessageOnAddAction();

        return $id;
    }

    /** Shown once, to the author, who never used it: the answer may have been lost. */
    private function isLostSecret(): bool
    {
        return (int) $this->fields['show_once'] === 1
            && (int) $this->fields['uses'] === 0
            && (int) $this->fields['users_id'] === (int) Session::getLoginUserID();
    }

    private function replaceToken(): void
    {
        global $DB;

        $this->token = Token::create();
        $DB->update(
            self::getTable(),
            ['token_hash' => Token::hash($this->token)],
            ['id' => $this->fields['id'], 'uses' => 0]
        );
    }

    public function prepareInputForAdd($input)
    {
        try {
            $values = InvitationInput::forAdd(Text::raw($input));
            $values['name'] ??= '';
            $values['entities_id'] ??= (int) ($_SESSION['glpiactive_entity'] ?? 0);
            if (($values['uuid'] ?? '') === '') {
                $values['uuid'] = InvitationInput::newUuid();
            }
            $this->checkValues($values + ['is_active' => 1, 'max_uses' => 1], []);

            $this->token          = Token::create();
            $values['token_hash'] = Token::hash($this->token);
            $values['token']      = ($values['show_once'] ?? 0) === 1 ? null : self::encrypted($this->token);
            $values['users_id']   = (int) Session::getLoginUserID();
        } catch (Refusal $refusal) {
            return $this->refuse($refusal);
        }
        return Text::forItem($values) + self::flags($input);
    }

    public function prepareInputForUpdate($input)
    {
        try {
            $values = InvitationInput::forUpdate(Text::raw($input));
            $before = Text::fromItem(array_intersect_key($this->fields, InvitationInput::ALL_FIELDS));
            $this->checkValues($values + $before, $before);
        } catch (Refusal $refusal) {
            return $this->refuse($refusal);
        }
        return ['id' => $this->fields['id']] + Text::forItem($values) + self::flags($input);
    }

    /** Out of the trash its link works again, so this is granting what it grants. */
    public function restore(array $input, $history = true)
    {
        if (!$this->getFromDB($input['id'] ?? 0)) {
            return false;
        }
        $refusal = $this->refusal($this->fields);

        return $refusal === null ? parent::restore($input, $history) : $this->refuse($refusal);
    }

    /** What GLPI's own code says to itself in the input. */
    private static function flags(array $input): array
    {
        return array_intersect_key($input, array_flip(['_add', '_update', '_no_message', '_no_message_link']));
    }

    /**
     * @param array<string, mixed> $row    the invitation as it will be
     * @param array<string, mixed> $before the invitation as it is; empty when new
     * @throws Refusal
     */
    private function checkValues(array $row, array $before): void
    {
        $changed = array_filter(
            $row,
            static fn ($value, $field) => !array_key_exists($field, $before)
                || (string) $before[$field] !== (string) $value,
            ARRAY_FILTER_USE_BOTH
        );
        InvitationInput::checkWhole($row, new DateTimeImmutable());
        if (!empty($changed['verify_email']) && !self::canMail()) {
            throw new Refusal(Refusal::MAIL_OFF, 'verify_email');
        }
        if ($before !== [] && self::onlyTakesAway($changed)) {
            return;
        }
        // Extending somebody else's invitation is granting what it grants.
        $refusal = $this->refusal($row);
        if ($refusal !== null) {
            throw $refusal;
        }
    }

    /** Whoever may update may also revoke what they could not grant. */
    private static function onlyTakesAway(array $changed): bool
    {
        foreach ($changed as $field => $value) {
            $harmless = in_array($field, ['name', 'comment'], true)
                || (in_array($field, ['is_active', 'is_recursive', 'profile_recursive'], true) && (int) $value === 0)
                || (in_array($field, ['require_approval', 'verify_email'], true) && (int) $value === 1);
            if (!$harmless) {
                return false;
            }
        }
        return true;
    }

    /** Why the person at work may not grant what an invitation grants; null when they may. */
    private function refusal(array $row): ?Refusal
    {
        $entity = (int) ($row['entities_id'] ?? 0);
        if (!Session::haveAccessToEntity($entity)) {
            return new Refusal(Refusal::ENTITY, 'entities_id');
        }
        foreach (['is_recursive', 'profile_recursive'] as $field) {
            if (!empty($row[$field]) && !Session::haveRecursiveAccessToEntity($entity)) {
                return new Refusal(Refusal::RECURSIVE, $field);
            }
        }
        $profile = (int) ($row['profiles_id'] ?? 0);
        if (
            $profile === 0
            || countElementsInTable('glpi_profiles', ['id' => $profile]) === 0
            || !Profile::currentUserHaveMoreRightThan([$profile])
        ) {
            return new Refusal(Refusal::PROFILE, 'profiles_id');
        }
        $groups = json_decode((string) ($row['groups'] ?? ''), true) ?: [];
        return self::areGroupsVisible($groups, $entity) ? null : new Refusal(Refusal::GROUPS, 'groups');
    }

    /** Groups of users that exist in the entity and that the person at work has access to. */
    private static function areGroupsVisible(array $groups, int $entity): bool
    {
        if ($groups === []) {
            return true;
        }
        $criteria = [
            'id'           => $groups,
            'is_usergroup' => 1,
        ];
        $there = countElementsInTable('glpi_groups', $criteria
            + getEntitiesRestrictCriteria('glpi_groups', '', $entity, true));
        $mine  = countElementsInTable('glpi_groups', $criteria
            + getEntitiesRestrictCriteria('glpi_groups', '', '', true));

        return $there === count($groups) && $mine === count($groups);
    }

    /** Whether GLPI is set up to send mail. */
    public static function canMail(): bool
    {
        global $CFG_GLPI;

        return !empty($CFG_GLPI['use_notifications']) && !empty($CFG_GLPI['notifications_mailing']);
    }

    private function refuse(Refusal $refusal): bool
    {
        Session::addMessageAfterRedirect(Sentence::for($refusal, isAPI()), false, ERROR);
        return false;
    }

    /**
     * The answer to a POST is the link and nothing else. In the browser the
     * form shows it; a message would lie in the session until it is read.
     */
    public function addMessageOnAddAction()
    {
        if (!isAPI()) {
            parent::addMessageOnAddAction();
            return;
        }
        $link = $this->link();
        if ($link !== null) {
            Session::addMessageAfterRedirect($link);
        }
    }

    public function post_updateItem($history = true)
    {
        global $DB;

        parent::post_updateItem($history);
        // Registrations are seen where their invitation is seen.
        if (array_intersect(['entities_id', 'is_recursive'], $this->updates) !== []) {
            $DB->update(
                PluginGlpikeysRegistration::getTable(),
                [
                    'entities_id'  => $this->fields['entities_id'],
                    'is_recursive' => $this->fields['is_recursive'],
                ],
                ['plugin_glpikeys_invitations_id' => $this->fields['id']]
            );
        }
    }

    /** Somebody still waits for an answer: revoke instead. */
    public function canPurgeItem(): bool
    {
        return parent::canPurgeItem() && countElementsInTable(PluginGlpikeysRegistration::getTable(), [
            'plugin_glpikeys_invitations_id' => $this->fields['id'],
            'state'                          => PluginGlpikeysRegistration::WAITING,
        ]) === 0;
    }

    public function cleanDBonPurge()
    {
        global $DB;

        $DB->delete(PluginGlpikeysRegistration::getTable(), [
            'plugin_glpikeys_invitations_id' => $this->fields['id'],
        ]);
    }

    /**
     * Stops invitations to what is gone. A missing entity would count as the
     * root entity. The author's id is only forgotten.
     */
    public static function onPurged(CommonDBTM $item): void
    {
        global $DB;

        $id = (int) $item->getID();
        if ($item instanceof User) {
            $DB->update(self::getTable(), ['users_id' => 0], ['users_id' => $id]);
            return;
        }
        $where = match (true) {
            $item instanceof Entity  => ['entities_id' => $id],
            $item instanceof Profile => ['profiles_id' => $id],
            $item instanceof Group   => ['groups' => ['REGEXP', "[[,]{$id}[],]"]],
            default                  => null,
        };
        if ($where === null) {
            return;
        }
        foreach ($DB->request(['SELECT' => 'id', 'FROM' => self::getTable(), 'WHERE' => $where + ['is_active' => 1]]) as $row) {
            $DB->update(self::getTable(), ['is_active' => 0], ['id' => $row['id']]);
            Log::history($row['id'], self::class, [4, '1', '0']);
        }
    }

    private static function encrypted(string $token): string
    {
        $encrypted = (new GLPIKey())->encrypt($token);
        if ($encrypted === '') {
            throw new Refusal(Refusal::KEY_FILE);
        }
        return $encrypted;
    }

    private static function decrypted(?string $encrypted): ?string
    {
        if ($encrypted === null || $encrypted === '') {
            return null;
        }
        $token = (string) (new GLPIKey())->decrypt($encrypted);
        return Token::isWellFormed($token) ? $token : null;
    }

    // --- GLPI's list

    public function rawSearchOptions()
    {
        $table  = self::getTable();
        $option = static fn (int $id, string $field, string $name, string $datatype, array $more = []): array => [
            'id'       => (string) $id,
            'table'    => $table,
            'field'    => $field,
            'name'     => $name,
            'datatype' => $datatype,
        ] + $more;
        $fixed  = ['massiveaction' => false];

        return [
            ['id' => 'common', 'name' => self::getTypeName(Session::getPluralNumber())],
            $option(1, 'name', __('Name'), 'itemlink', $fixed),
            $option(2, 'id', __('ID'), 'number', $fixed),
            $option(self::STATE_OPTION, 'state', __('State'), 'specific', $fixed + [
                'computation' => self::sql(InvitationState::sql()),
                'nometa'      => true,
                'searchtype'  => ['equals', 'notequals'],
            ]),
            $option(4, 'is_active', __('Active'), 'bool'),
            $option(5, 'begin_date', __('Start date'), 'datetime'),
            $option(6, 'end_date', __('End date'), 'datetime'),
            $option(7, 'max_uses', __('Uses allowed (0: unlimited)', 'glpikeys'), 'number', ['min' => 0]),
            $option(8, 'uses', __('Uses', 'glpikeys'), 'number', $fixed),
            [
                'id'            => '9',
                'table'         => 'glpi_profiles',
                'field'         => 'name',
                'name'          => Profile::getTypeName(1),
                'datatype'      => 'dropdown',
                'massiveaction' => false,
            ],
            $option(10, 'profile_recursive', __('Profile on child entities', 'glpikeys'), 'bool', $fixed),
            $option(11, 'account_end_date', __('Accounts end on', 'glpikeys'), 'datetime', $fixed),
            $option(12, 'account_days', __('Accounts end after days', 'glpikeys'), 'number', $fixed),
            $option(13, 'email_domains', __('E-mail domains', 'glpikeys'), 'text', $fixed),
            $option(14, 'verify_email', __('Confirm e-mail', 'glpikeys'), 'bool', $fixed),
            $option(15, 'require_approval', __('Approval needed', 'glpikeys'), 'bool', $fixed),
            $option(16, 'comment', __('Comments'), 'text'),
            $option(17, 'show_once', __('Link shown once', 'glpikeys'), 'bool', $fixed),
            $option(18, 'opened', __('Opened', 'glpikeys'), 'number', $fixed),
            $option(19, 'date_mod', __('Last update'), 'datetime', $fixed),
            $option(20, 'started', __('Started', 'glpikeys'), 'number', $fixed),
            $option(21, 'batch', __('Batch', 'glpikeys'), 'string'),
            $option(22, 'uuid', __('UUID'), 'string', $fixed),
            $option(23, 'login_is_email', __('The login is the e-mail', 'glpikeys'), 'bool', $fixed),
            [
                'id'            => '24',
                'table'         => 'glpi_users',
                'field'         => 'name',
                'name'          => __('Author'),
                'datatype'      => 'dropdown',
                'massiveaction' => false,
            ],
            [
                'id'            => '25',
                'table'         => PluginGlpikeysRegistration::getTable(),
                'field'         => 'id',
                'name'          => __('Waiting', 'glpikeys'),
                'datatype'      => 'count',
                'forcegroupby'  => true,
                'usehaving'     => true,
                'massiveaction' => false,
                'joinparams'    => [
                    'jointype'  => 'child',
                    'condition' => ['NEWTABLE.state' => PluginGlpikeysRegistration::WAITING],
                ],
            ],
            [
                'id'            => '80',
                'table'         => 'glpi_entities',
                'field'         => 'completename',
                'name'          => Entity::getTypeName(1),
                'datatype'      => 'dropdown',
                'massiveaction' => false,
            ],
            $option(86, 'is_recursive', __('Child entities'), 'bool', $fixed),
            $option(121, 'date_creation', __('Creation date'), 'datetime', $fixed),
        ];
    }

    /**
     * GLPI asks here first. Left alone, it compares with a column of the name
     * of the search option, and the state is no column.
     */
    public static function addWhere($link, $nott, $itemtype, $ID, $searchtype, $val)
    {
        if ((int) $ID !== self::STATE_OPTION || !in_array($searchtype, ['equals', 'notequals'], true)) {
            return '';
        }
        $state    = in_array($val, InvitationState::ALL, true) ? $val : '';
        $negative = (bool) $nott !== ($searchtype === 'notequals');
        $table    = self::getTable();

        return " $link ((" . str_replace('TABLE', "`$table`", InvitationState::sql()) . ') '
            . ($negative ? '<>' : '=') . " '$state')";
    }

    /** GLPI 11 takes expressions only as objects; GLPI 10 also as text. */
    private static function sql(string $expression): mixed
    {
        $class = class_exists('Glpi\\DBAL\\QueryExpression') ? 'Glpi\\DBAL\\QueryExpression' : 'QueryExpression';

        return version_compare(GLPI_VERSION, '11.0.0-dev', '>=') ? new $class($expression) : $expression;
    }

    /** @return array<string, string> state => word for people */
    public static function stateNames(): array
    {
        return [
            InvitationState::ACTIVE    => __('Active'),
            InvitationState::LAST_USE  => __('Last use', 'glpikeys'),
            InvitationState::SCHEDULED => __('Scheduled', 'glpikeys'),
            InvitationState::ENDED     => __('Ended', 'glpikeys'),
            InvitationState::USED_UP   => __('Used up', 'glpikeys'),
            InvitationState::REVOKED   => __('Revoked', 'glpikeys'),
        ];
    }

    // --- GLPI's form

    public function defineTabs($options = [])
    {
        $tabs = [];
        $this->addDefaultFormTab($tabs);
        $this->addStandardTab(PluginGlpikeysRegistration::class, $tabs, $options);
        $this->addStandardTab(Log::class, $tabs, $options);
        return $tabs;
    }

    public function showForm($ID, array $options = [])
    {
        $this->initForm($ID, $options);
        $link = $this->isNewItem() ? null : $this->link();
        TemplateRenderer::getInstance()->display('@glpikeys/invitation.html.twig', [
            'item'       => $this,
            'params'     => $options,
            'state'      => $this->isNewItem() ? '' : self::stateNames()[$this->state()],
            'link'       => $link,
            'qr'         => $link === null ? '' : QrCode::svg($link),
            'group_ids'  => $this->groupIds(),
            'all_groups' => self::choosableGroups(),
            'is_new'     => $this->isNewItem(),
            'can_mail'   => self::canMail(),
            'author'     => getUserName((int) ($this->fields['users_id'] ?? 0)),
        ]);
        return true;
    }

    /** @return array<int, string> */
    private static function choosableGroups(): array
    {
        global $DB;

        $groups = [];
        foreach (
            $DB->request([
                'SELECT' => ['id', 'completename'],
                'FROM'   => 'glpi_groups',
                'WHERE'  => ['is_usergroup' => 1] + getEntitiesRestrictCriteria('glpi_groups', '', '', true),
                'ORDER'  => 'completename',
            ]) as $row
        ) {
            $groups[(int) $row['id']] = (string) Text::fromItem($row['completename']);
        }
        return $groups;
    }

    // --- massive actions

    public function getSpecificMassiveActions($checkitem = null)
    {
        $actions = parent::getSpecificMassiveActions($checkitem);
        if (self::canUpdate()) {
            $prefix                      = self::class . MassiveAction::CLASS_ACTION_SEPARATOR;
            $actions[$prefix . 'revoke'] = __('Revoke', 'glpikeys');
            $actions[$prefix . 'extend'] = __('Change the end date', 'glpikeys');
        }
        return $actions;
    }

    public static function showMassiveActionsSubForm(MassiveAction $ma)
    {
        switch ($ma->getAction()) {
            case 'revoke':
                echo '<p>' . self::escape(__('Their links stop working at once.', 'glpikeys')) . '</p>';
                echo Html::submit(__('Revoke', 'glpikeys'), ['name' => 'massiveaction', 'class' => 'btn btn-danger']);
                return true;
            case 'extend':
                Html::showDateTimeField('end_date', ['maybeempty' => true]);
                echo Html::submit(_x('button', 'Post'), ['name' => 'massiveaction', 'class' => 'btn btn-primary']);
                return true;
        }
        return parent::showMassiveActionsSubForm($ma);
    }

    public static function processMassiveActionsForOneItemtype(MassiveAction $ma, CommonDBTM $item, array $ids)
    {
        $change = match ($ma->getAction()) {
            'revoke' => ['is_active' => 0],
            'extend' => ['end_date' => $ma->getInput()['end_date'] ?? ''],
            default  => null,
        };
        if ($change === null) {
            parent::processMassiveActionsForOneItemtype($ma, $item, $ids);
            return;
        }
        foreach ($ids as $id) {
            $result = MassiveAction::ACTION_NORIGHT;
            if ($item->can($id, UPDATE)) {
                $done   = $item->update(['id' => $id] + $change);
                $result = $done ? MassiveAction::ACTION_OK : MassiveAction::ACTION_KO;
            }
            $ma->itemDone($item->getType(), $id, $result);
        }
    }

    private static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }
}
