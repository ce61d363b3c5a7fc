CREATE TABLE `check_runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`commit_oid` text NOT NULL,
	`name` text NOT NULL,
	`status` text NOT NULL,
	`conclusion` text,
	`title` text NOT NULL,
	`summary` text NOT NULL,
	`text` text NOT NULL,
	`details_url` text NOT NULL,
	`external_id` text NOT NULL,
	`annotations` text NOT NULL,
	`creator_id` integer,
	`started_at` integer,
	`completed_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`creator_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `check_runs_commit` ON `check_runs` (`repository_id`,`commit_oid`,`id`);
--> statement-breakpoint
CREATE INDEX `check_runs_creator` ON `check_runs` (`creator_id`);
--> statement-breakpoint
CREATE TABLE `merge_settings` (
	`repository_id` integer PRIMARY KEY NOT NULL,
	`styles` text NOT NULL,
	`default_style` text NOT NULL,
	`messages` text NOT NULL,
	`deletes_branch` integer NOT NULL,
	`allows_auto_merge` integer NOT NULL,
	`suggests_update` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `pull_closings` (
	`pull_id` integer NOT NULL,
	`issue_id` integer NOT NULL,
	PRIMARY KEY(`pull_id`, `issue_id`),
	FOREIGN KEY (`pull_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `pull_closings_issue` ON `pull_closings` (`issue_id`);
--> statement-breakpoint
CREATE TABLE `pull_comments` (
	`entry_id` integer PRIMARY KEY NOT NULL,
	`issue_id` integer NOT NULL,
	`thread_id` integer NOT NULL,
	`review_id` integer NOT NULL,
	FOREIGN KEY (`entry_id`) REFERENCES `issue_entries`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`thread_id`) REFERENCES `pull_threads`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`review_id`) REFERENCES `pull_reviews`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `pull_comments_issue` ON `pull_comments` (`issue_id`,`entry_id`);
--> statement-breakpoint
CREATE INDEX `pull_comments_thread` ON `pull_comments` (`thread_id`,`entry_id`);
--> statement-breakpoint
CREATE INDEX `pull_comments_review` ON `pull_comments` (`review_id`,`entry_id`);
--> statement-breakpoint
CREATE TABLE `pull_reviews` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`issue_id` integer NOT NULL,
	`reviewer_id` integer NOT NULL,
	`state` text NOT NULL,
	`state_before` text,
	`commit_oid` text NOT NULL,
	`revision` integer NOT NULL,
	`entry_id` integer NOT NULL,
	`is_stale` integer NOT NULL,
	`submitted_at` integer NOT NULL,
	`dismissed_at` integer,
	`dismissed_by_id` integer,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`reviewer_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`entry_id`) REFERENCES `issue_entries`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`dismissed_by_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `pull_reviews_issue` ON `pull_reviews` (`issue_id`,`reviewer_id`,`id`);
--> statement-breakpoint
CREATE INDEX `pull_reviews_reviewer` ON `pull_reviews` (`reviewer_id`,`id`);
--> statement-breakpoint
CREATE INDEX `pull_reviews_entry` ON `pull_reviews` (`entry_id`);
--> statement-breakpoint
CREATE TABLE `pull_revisions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`issue_id` integer NOT NULL,
	`revision` integer NOT NULL,
	`head_oid` text NOT NULL,
	`merge_base_oid` text NOT NULL,
	`is_forced` integer NOT NULL,
	`pusher_id` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pusher_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pull_revisions_place` ON `pull_revisions` (`issue_id`,`revision`);
--> statement-breakpoint
CREATE INDEX `pull_revisions_pusher` ON `pull_revisions` (`pusher_id`);
--> statement-breakpoint
CREATE TABLE `pull_threads` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`issue_id` integer NOT NULL,
	`path` text NOT NULL,
	`subject` text NOT NULL,
	`start_side` text NOT NULL,
	`start_line` integer NOT NULL,
	`side` text NOT NULL,
	`line` integer NOT NULL,
	`original_base_oid` text NOT NULL,
	`original_head_oid` text NOT NULL,
	`original_revision` integer NOT NULL,
	`hunk` text NOT NULL,
	`current_revision` integer NOT NULL,
	`current_path` text NOT NULL,
	`current_start_line` integer,
	`current_line` integer,
	`is_outdated` integer NOT NULL,
	`resolved_at` integer,
	`resolved_by_id` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`resolved_by_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `pull_threads_issue` ON `pull_threads` (`issue_id`,`id`);
--> statement-breakpoint
CREATE INDEX `pull_threads_resolver` ON `pull_threads` (`resolved_by_id`);
--> statement-breakpoint
CREATE TABLE `pulls` (
	`issue_id` integer PRIMARY KEY NOT NULL,
	`repository_id` integer NOT NULL,
	`number` integer NOT NULL,
	`base_branch` text NOT NULL,
	`base_pull_id` integer,
	`head_repository_id` integer,
	`head_branch` text NOT NULL,
	`head_label` text NOT NULL,
	`topic` text,
	`head_oid` text NOT NULL,
	`base_oid` text NOT NULL,
	`merge_base_oid` text,
	`is_draft` integer NOT NULL,
	`allows_edits` integer NOT NULL,
	`commit_count` integer NOT NULL,
	`changed_files` integer NOT NULL,
	`additions` integer NOT NULL,
	`deletions` integer NOT NULL,
	`mergeability` text NOT NULL,
	`checked_head_oid` text,
	`checked_base_oid` text,
	`test_merge_oid` text,
	`conflicts` text,
	`auto_merge` text,
	`merging` text,
	`merged_at` integer,
	`merged_by_id` integer,
	`merged_oid` text,
	`merge_style` text,
	`revision` integer NOT NULL,
	`decision` text DEFAULT 'none' NOT NULL,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`head_repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`merged_by_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pulls_number` ON `pulls` (`repository_id`,`number`);
--> statement-breakpoint
CREATE INDEX `pulls_head` ON `pulls` (`head_repository_id`,`head_branch`);
--> statement-breakpoint
CREATE INDEX `pulls_base` ON `pulls` (`repository_id`,`base_branch`,`merged_at`);
--> statement-breakpoint
CREATE INDEX `pulls_base_pull` ON `pulls` (`base_pull_id`);
--> statement-breakpoint
CREATE INDEX `pulls_head_oid` ON `pulls` (`repository_id`,`head_oid`);
--> statement-breakpoint
CREATE INDEX `pulls_topic` ON `pulls` (`repository_id`,`topic`);
--> statement-breakpoint
CREATE INDEX `pulls_merged_by` ON `pulls` (`merged_by_id`);
--> statement-breakpoint
CREATE TABLE `queue_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`branch` text NOT NULL,
	`pull_id` integer NOT NULL,
	`group_id` integer,
	`group_place` integer DEFAULT 0 NOT NULL,
	`priority` integer NOT NULL,
	`head_oid` text NOT NULL,
	`result_oid` text,
	`merge_order` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`pull_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `queue_groups`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `queue_entries_pull` ON `queue_entries` (`pull_id`);
--> statement-breakpoint
CREATE INDEX `queue_entries_branch` ON `queue_entries` (`repository_id`,`branch`,`priority`,`id`);
--> statement-breakpoint
CREATE INDEX `queue_entries_group` ON `queue_entries` (`group_id`);
--> statement-breakpoint
CREATE TABLE `queue_groups` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`branch` text NOT NULL,
	`place` integer NOT NULL,
	`base_oid` text NOT NULL,
	`head_oid` text,
	`state` text NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `queue_groups_branch` ON `queue_groups` (`repository_id`,`branch`,`place`);
--> statement-breakpoint
CREATE INDEX `queue_groups_head` ON `queue_groups` (`repository_id`,`head_oid`);
--> statement-breakpoint
CREATE TABLE `review_drafts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`issue_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`thread_id` integer,
	`place` text,
	`body` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`thread_id`) REFERENCES `pull_threads`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `review_drafts_of` ON `review_drafts` (`issue_id`,`user_id`,`id`);
--> statement-breakpoint
CREATE INDEX `review_drafts_user` ON `review_drafts` (`user_id`);
--> statement-breakpoint
CREATE INDEX `review_drafts_thread` ON `review_drafts` (`thread_id`);
--> statement-breakpoint
CREATE TABLE `review_requests` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`issue_id` integer NOT NULL,
	`user_id` integer,
	`team_id` integer,
	`requested_by_id` integer,
	`by_code_owners` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`team_id`) REFERENCES `teams`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`requested_by_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `review_requests_user` ON `review_requests` (`issue_id`,`user_id`);
--> statement-breakpoint
CREATE UNIQUE INDEX `review_requests_team` ON `review_requests` (`issue_id`,`team_id`);
--> statement-breakpoint
CREATE INDEX `review_requests_of` ON `review_requests` (`user_id`);
--> statement-breakpoint
CREATE INDEX `review_requests_of_team` ON `review_requests` (`team_id`);
--> statement-breakpoint
CREATE INDEX `review_requests_by` ON `review_requests` (`requested_by_id`);
--> statement-breakpoint
CREATE TABLE `rule_sets` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`name` text NOT NULL,
	`target` text NOT NULL,
	`is_active` integer NOT NULL,
	`document` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rule_sets_name` ON `rule_sets` (`repository_id`,`name`);
