CREATE TABLE `attachments` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`token` text NOT NULL,
	`repository_id` integer NOT NULL,
	`uploader_id` integer,
	`issue_id` integer,
	`entry_id` integer,
	`name` text NOT NULL,
	`media_type` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`storage_key` text NOT NULL,
	`width` integer,
	`height` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`uploader_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `attachments_token` ON `attachments` (`token`);
--> statement-breakpoint
CREATE INDEX `attachments_issue` ON `attachments` (`issue_id`,`entry_id`);
--> statement-breakpoint
CREATE INDEX `attachments_repository` ON `attachments` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `attachments_uploader` ON `attachments` (`uploader_id`,`created_at`);
--> statement-breakpoint
CREATE INDEX `attachments_created` ON `attachments` (`created_at`);
--> statement-breakpoint
CREATE TABLE `issue_assignees` (
	`issue_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`issue_id`, `user_id`),
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `issue_assignees_user` ON `issue_assignees` (`user_id`);
--> statement-breakpoint
CREATE TABLE `issue_changes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`issue_id` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `issue_changes_at` ON `issue_changes` (`at`);
--> statement-breakpoint
CREATE TABLE `issue_counters` (
	`repository_id` integer PRIMARY KEY NOT NULL,
	`last_number` integer NOT NULL,
	`open_issues` integer NOT NULL,
	`closed_issues` integer NOT NULL,
	`open_pulls` integer NOT NULL,
	`closed_pulls` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `issue_dependencies` (
	`blocked_id` integer NOT NULL,
	`blocker_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`blocked_id`, `blocker_id`),
	FOREIGN KEY (`blocked_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`blocker_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `issue_dependencies_blocker` ON `issue_dependencies` (`blocker_id`);
--> statement-breakpoint
CREATE TABLE `issue_edits` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`issue_id` integer NOT NULL,
	`entry_id` integer,
	`editor_id` integer NOT NULL,
	`previous_body` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`entry_id`) REFERENCES `issue_entries`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`editor_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `issue_edits_text` ON `issue_edits` (`issue_id`,`entry_id`,`id`);
--> statement-breakpoint
CREATE INDEX `issue_edits_entry` ON `issue_edits` (`entry_id`);
--> statement-breakpoint
CREATE TABLE `issue_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`issue_id` integer NOT NULL,
	`kind` text NOT NULL,
	`actor_id` integer,
	`data` text NOT NULL,
	`body` text,
	`body_version` integer DEFAULT 0 NOT NULL,
	`body_rendered` text,
	`body_edited_at` integer,
	`hidden_reason` text,
	`hidden_by_id` integer,
	`source_issue_id` integer,
	`source_repository_id` integer,
	`once_key` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`actor_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`hidden_by_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`source_issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`source_repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `issue_entries_issue` ON `issue_entries` (`issue_id`,`id`);
--> statement-breakpoint
CREATE UNIQUE INDEX `issue_entries_once` ON `issue_entries` (`once_key`);
--> statement-breakpoint
CREATE INDEX `issue_entries_source` ON `issue_entries` (`source_issue_id`);
--> statement-breakpoint
CREATE INDEX `issue_entries_source_repository` ON `issue_entries` (`source_repository_id`);
--> statement-breakpoint
CREATE TABLE `issue_labels` (
	`issue_id` integer NOT NULL,
	`label_id` integer NOT NULL,
	PRIMARY KEY(`issue_id`, `label_id`),
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`label_id`) REFERENCES `labels`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `issue_labels_label` ON `issue_labels` (`label_id`);
--> statement-breakpoint
CREATE TABLE `issue_people` (
	`user_id` integer NOT NULL,
	`role` text NOT NULL,
	`issue_id` integer NOT NULL,
	PRIMARY KEY(`user_id`, `role`, `issue_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `issue_people_issue` ON `issue_people` (`issue_id`);
--> statement-breakpoint
CREATE TABLE `issue_redirects` (
	`repository_id` integer NOT NULL,
	`number` integer NOT NULL,
	`issue_id` integer NOT NULL,
	PRIMARY KEY(`repository_id`, `number`),
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `issue_redirects_issue` ON `issue_redirects` (`issue_id`);
--> statement-breakpoint
CREATE TABLE `issue_subscriptions` (
	`issue_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`issue_id`, `user_id`),
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `issue_subscriptions_user` ON `issue_subscriptions` (`user_id`);
--> statement-breakpoint
CREATE TABLE `issues` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`number` integer NOT NULL,
	`is_pull` integer NOT NULL,
	`author_id` integer NOT NULL,
	`title` text NOT NULL,
	`body` text NOT NULL,
	`body_version` integer DEFAULT 0 NOT NULL,
	`body_rendered` text,
	`body_edited_at` integer,
	`state` text NOT NULL,
	`close_reason` text,
	`duplicate_of_id` integer,
	`closed_at` integer,
	`closed_by_id` integer,
	`locked_at` integer,
	`lock_reason` text,
	`pinned_at` integer,
	`milestone_id` integer,
	`due_on` text,
	`parent_id` integer,
	`parent_place` integer DEFAULT 0 NOT NULL,
	`comment_count` integer DEFAULT 0 NOT NULL,
	`reaction_count` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`author_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`duplicate_of_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`closed_by_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`milestone_id`) REFERENCES `milestones`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`parent_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `issues_number` ON `issues` (`repository_id`,`number`);
--> statement-breakpoint
CREATE INDEX `issues_updated` ON `issues` (`repository_id`,`updated_at`);
--> statement-breakpoint
CREATE INDEX `issues_author` ON `issues` (`author_id`,`id`);
--> statement-breakpoint
CREATE INDEX `issues_milestone` ON `issues` (`milestone_id`);
--> statement-breakpoint
CREATE INDEX `issues_parent` ON `issues` (`parent_id`);
--> statement-breakpoint
CREATE INDEX `issues_duplicate_of` ON `issues` (`duplicate_of_id`);
--> statement-breakpoint
CREATE INDEX `issues_pinned` ON `issues` (`repository_id`,`pinned_at`);
--> statement-breakpoint
CREATE TABLE `labels` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer,
	`organization_id` integer,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`description` text NOT NULL,
	`color` text NOT NULL,
	`is_exclusive` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`organization_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `labels_repository` ON `labels` (`repository_id`,`name_key`);
--> statement-breakpoint
CREATE UNIQUE INDEX `labels_organization` ON `labels` (`organization_id`,`name_key`);
--> statement-breakpoint
CREATE INDEX `labels_name` ON `labels` (`name_key`);
--> statement-breakpoint
CREATE TABLE `milestones` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`title` text NOT NULL,
	`title_key` text NOT NULL,
	`description` text NOT NULL,
	`due_on` text,
	`closed_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `milestones_title` ON `milestones` (`repository_id`,`title_key`);
--> statement-breakpoint
CREATE INDEX `milestones_name` ON `milestones` (`title_key`);
--> statement-breakpoint
CREATE TABLE `reactions` (
	`issue_id` integer NOT NULL,
	`entry_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`content` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`issue_id`, `entry_id`, `user_id`, `content`),
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `reactions_user` ON `reactions` (`user_id`);
--> statement-breakpoint
CREATE TABLE `saved_replies` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`title` text NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `saved_replies_user` ON `saved_replies` (`user_id`);
--> statement-breakpoint
CREATE TABLE `saved_views` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`repository_id` integer,
	`name` text NOT NULL,
	`query` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `saved_views_user` ON `saved_views` (`user_id`,`repository_id`);
--> statement-breakpoint
CREATE INDEX `saved_views_repository` ON `saved_views` (`repository_id`);
--> statement-breakpoint
CREATE TABLE `notification_mails` (
	`event_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`event_id`, `user_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `notification_mails_user` ON `notification_mails` (`user_id`);
--> statement-breakpoint
CREATE INDEX `notification_mails_created` ON `notification_mails` (`created_at`);
--> statement-breakpoint
CREATE TABLE `notification_settings` (
	`user_id` integer PRIMARY KEY NOT NULL,
	`mail_participating` integer NOT NULL,
	`mail_watching` integer NOT NULL,
	`own_activity` integer NOT NULL,
	`auto_watch` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `notifications` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`repository_id` integer NOT NULL,
	`subject` text NOT NULL,
	`subject_id` integer NOT NULL,
	`reason` text NOT NULL,
	`state` text NOT NULL,
	`is_saved` integer NOT NULL,
	`last_event_id` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`read_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notifications_thread` ON `notifications` (`user_id`,`subject`,`subject_id`);
--> statement-breakpoint
CREATE INDEX `notifications_inbox` ON `notifications` (`user_id`,`state`,`updated_at`,`id`);
--> statement-breakpoint
CREATE INDEX `notifications_saved` ON `notifications` (`user_id`,`is_saved`,`updated_at`,`id`);
--> statement-breakpoint
CREATE INDEX `notifications_repository` ON `notifications` (`repository_id`,`user_id`);
--> statement-breakpoint
CREATE INDEX `notifications_subject` ON `notifications` (`subject`,`subject_id`);
--> statement-breakpoint
CREATE TABLE `repository_watches` (
	`user_id` integer NOT NULL,
	`repository_id` integer NOT NULL,
	`level` text NOT NULL,
	`kinds` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`repository_id`, `user_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `repository_watches_user` ON `repository_watches` (`user_id`,`created_at`);
--> statement-breakpoint
CREATE VIRTUAL TABLE `issue_search` USING fts5(`title`, `body`, `scope`, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
