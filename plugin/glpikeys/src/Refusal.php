<?php

declare(strict_types=1);

namespace GlpiPlugin\Glpikeys;

use DomainException;

/**
 * Input that is not accepted. The message is one of the constants; sentences
 * for people are made where people are spoken to.
 *
 * @license GPL-3.0-or-later
 */
final class Refusal extends DomainException
{
    public const UUID            = 'uuid';
    public const UUID_TAKEN      = 'uuid_taken';
    public const NAME            = 'name';
    public const TOO_LONG        = 'too_long';
    public const NUMBER          = 'number';
    public const DATE            = 'date';
    public const DATE_RANGE      = 'date_range';
    public const DATE_ORDER      = 'date_order';
    public const ACCOUNT_END     = 'account_end';
    public const GROUPS          = 'groups';
    public const EMAIL_DOMAIN    = 'email_domain';
    public const ENTITY          = 'entity';
    public const RECURSIVE       = 'recursive';
    public const PROFILE         = 'profile';
    public const MAIL_OFF        = 'mail_off';
    public const TOO_MANY        = 'too_many';
    public const KEY_FILE        = 'key_file';
    public const STATE           = 'state';
    public const APPROVAL        = 'approval';
    public const ACCOUNT         = 'account';
    public const RULE            = 'rule';

    /** @param string $field of the input; for RULE what the rule gives, in words */
    public function __construct(public readonly string $reason, public readonly string $field = '')
    {
        parent::__construct($reason . ($field === '' ? '' : ": $field"));
    }
}
